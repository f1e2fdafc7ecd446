//! Colours that stay readable: an accent is refused below the contrast that text needs on every surface it
//! may stand on, with the nearest one of the same hue that would do.

use crate::error::Error;

/// Of text to what it stands on (WCAG 2.2, 1.4.3).
pub const LEAST_CONTRAST: f64 = 4.5;

/// Which of the two looks of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// A surface on which the accent stands, in OKLCH as the stylesheet gives it: lightness, chroma, hue.
#[derive(Clone, Copy, Debug)]
pub struct Surface {
    /// The name of the token without its dashes.
    pub name: &'static str,
    pub light: (f64, f64, f64),
    pub dark: (f64, f64, f64),
}

/// Where links and icons in the accent colour stand. A test of the stylesheet holds the two together.
pub const SURFACES: &[Surface] = &[
    surface("canvas", (0.983, 0.003, 225.0), (0.172, 0.012, 235.0)),
    surface("surface", (1.0, 0.0, 0.0), (0.213, 0.014, 235.0)),
    surface("raised", (1.0, 0.0, 0.0), (0.248, 0.016, 235.0)),
    surface("sunken", (0.966, 0.005, 225.0), (0.190, 0.013, 235.0)),
    surface("hover", (0.955, 0.007, 225.0), (0.262, 0.017, 235.0)),
    surface("select", (0.955, 0.022, 225.0), (0.275, 0.040, 230.0)),
];

const fn surface(name: &'static str, light: (f64, f64, f64), dark: (f64, f64, f64)) -> Surface {
    Surface { name, light, dark }
}

/// How much of the accent its soft background takes, of 100.
const SOFT: u8 = 10;
/// How much of black or white a pressed button takes, of 100.
const PRESS: u8 = 16;

/// One colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// White, on which light pages stand, and the letters of a button on them.
    const WHITE: Self = Self {
        red: 255,
        green: 255,
        blue: 255,
    };
    /// The letters of a button on dark pages.
    const NIGHT: Self = Self {
        red: 3,
        green: 20,
        blue: 27,
    };

    /// Reads `#rrggbb`; the sign may be missing, letters may be large.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('#').unwrap_or(text);
        if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |from: usize| u8::from_str_radix(text.get(from..from + 2)?, 16).ok();
        Some(Self {
            red: part(0)?,
            green: part(2)?,
            blue: part(4)?,
        })
    }

    /// Six hexadecimal digits, without the sign.
    pub fn digits(self) -> String {
        format!("{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// As style sheets and forms write it.
    pub fn hex(self) -> String {
        format!("#{}", self.digits())
    }

    fn linear(self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    /// WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// WCAG 2.2, "contrast ratio".
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This colour with so many hundredths of the other.
    fn mixed(self, other: Self, hundredths: u8) -> Self {
        let mix = |own: u8, other: u8| {
            let share = u32::from(hundredths.min(100));
            let sum = u32::from(own) * (100 - share) + u32::from(other) * share;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
        }
    }

    /// From OKLCH; what lies outside of sRGB is cut. The numbers are those of CSS Color 4, §20.
    pub(crate) fn from_oklch((lightness, chroma, hue): (f64, f64, f64)) -> Self {
        let (sin, cos) = hue.to_radians().sin_cos();
        let (a, b) = (chroma * cos, chroma * sin);
        let cube = |value: f64| value * value * value;
        let long = cube(lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
        let medium = cube(lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
        let short = cube(lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
        let mix = |of_long: f64, of_medium: f64, of_short: f64| {
            encode(of_long * long + of_medium * medium + of_short * short)
        };
        Self {
            red: mix(4.076_741_662_1, -3.307_711_591_3, 0.230_969_929_2),
            green: mix(-1.268_438_004_6, 2.609_757_401_1, -0.341_319_396_5),
            blue: mix(-0.004_196_086_3, -0.703_418_614_7, 1.707_614_701_0),
        }
    }

    fn oklch(self) -> (f64, f64, f64) {
        let [red, green, blue] = self.linear();
        let cone = |of_red: f64, of_green: f64, of_blue: f64| {
            (of_red * red + of_green * green + of_blue * blue).cbrt()
        };
        let long = cone(0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9);
        let medium = cone(0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6);
        let short = cone(0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5);
        let lightness = 0.210_454_255_3 * long + 0.793_617_785_0 * medium - 0.004_072_046_8 * short;
        let a = 1.977_998_495_1 * long - 2.428_592_205_0 * medium + 0.450_593_709_9 * short;
        let b = 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766_0 * short;
        (lightness, a.hypot(b), b.atan2(a).to_degrees())
    }

    /// The background that carries a little of it.
    pub fn soft(self, theme: Theme) -> Self {
        Self::of_surface(&SURFACES[1], theme).mixed(self, SOFT)
    }

    /// A button that is pressed or pointed at.
    pub fn press(self, theme: Theme) -> Self {
        match theme {
            Theme::Light => self.mixed(Self::NIGHT, PRESS),
            Theme::Dark => self.mixed(Self::WHITE, PRESS),
        }
    }

    /// The letters of a button in this colour.
    pub fn letters(theme: Theme) -> Self {
        match theme {
            Theme::Light => Self::WHITE,
            Theme::Dark => Self::NIGHT,
        }
    }

    pub(crate) fn of_surface(surface: &Surface, theme: Theme) -> Self {
        Self::from_oklch(match theme {
            Theme::Light => surface.light,
            Theme::Dark => surface.dark,
        })
    }

    /// The least contrast that it has as letters on a surface, or under the letters of a button.
    pub fn least_contrast(self, theme: Theme) -> f64 {
        let letters = Self::letters(theme);
        SURFACES
            .iter()
            .map(|surface| self.contrast(Self::of_surface(surface, theme)))
            .chain([
                self.contrast(self.soft(theme)),
                self.contrast(letters),
                self.press(theme).contrast(letters),
            ])
            .fold(f64::INFINITY, f64::min)
    }

    /// Whether it can be read wherever it stands.
    pub fn is_readable(self, theme: Theme) -> bool {
        self.least_contrast(theme) >= LEAST_CONTRAST
    }

    /// The nearest colour of the same hue that can be read: darker on light pages, lighter on dark ones.
    pub fn nearest_readable(self, theme: Theme) -> Self {
        const STEPS: u16 = 500;
        let (lightness, chroma, hue) = self.oklch();
        let end = match theme {
            Theme::Light => 0.0,
            Theme::Dark => 1.0,
        };
        (0..=STEPS)
            .map(|step| {
                let share = f64::from(step) / f64::from(STEPS);
                let moved = lightness + (end - lightness) * share;
                Self::from_oklch((moved, chroma * (1.0 - share), hue))
            })
            .find(|colour| colour.is_readable(theme))
            .unwrap_or(match theme {
                Theme::Light => Self::NIGHT,
                Theme::Dark => Self::WHITE,
            })
    }
}

fn encode(linear: f64) -> u8 {
    let value = if linear <= 0.003_130_8 {
        12.92 * linear
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    };
    let wanted = (value.clamp(0.0, 1.0) * 255.0).round();
    (0..=u8::MAX)
        .find(|part| f64::from(*part) >= wanted)
        .unwrap_or(u8::MAX)
}

/// What somebody typed as the accent of one theme.
pub(super) fn accent(
    field: &'static str,
    text: Option<&str>,
    theme: Theme,
) -> Result<Option<Colour>, Error> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let Some(colour) = Colour::parse(text) else {
        let text = "A colour has six hexadecimal digits, such as #0a5c8f.";
        return Err(Error::invalid(field, "colour", text));
    };
    let contrast = colour.least_contrast(theme);
    if contrast >= LEAST_CONTRAST {
        return Ok(Some(colour));
    }
    let nearest = colour.nearest_readable(theme).hex();
    // Rounded down: 4.499 is not 4.5.
    let contrast = (contrast * 100.0).floor() / 100.0;
    let detail = format!(
        "Its contrast is {contrast:.2}:1, and {LEAST_CONTRAST}:1 is the least. {nearest} would do."
    );
    Err(
        Error::invalid(field, "colour_contrast", detail).with_data(serde_json::json!({
            "contrast": contrast, "least": LEAST_CONTRAST, "nearest": nearest, "field": field,
        })),
    )
}
