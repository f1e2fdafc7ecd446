use crate::fields::answer;

answer! {
    /// The answer to `DeviceLocation`; an error while lost mode is off.
    // Apple schema mdm/commands/device.lostmode.location.yaml
    pub struct DeviceLocationResult {
        latitude: Option<f64> = "Latitude",
        longitude: Option<f64> = "Longitude",
        /// Metres, as the three below; negative when it is not valid.
        horizontal_accuracy: Option<f64> = "HorizontalAccuracy",
        vertical_accuracy: Option<f64> = "VerticalAccuracy",
        altitude: Option<f64> = "Altitude",
        /// Metres per second.
        speed: Option<f64> = "Speed",
        /// Degrees from north.
        course: Option<f64> = "Course",
        /// RFC 3339.
        timestamp: Option<String> = "Timestamp",
    }
}

impl DeviceLocationResult {
    /// Latitude and longitude, when they lie on the earth.
    pub fn position(&self) -> Option<(f64, f64)> {
        let latitude = self.latitude.filter(|n| (-90.0..=90.0).contains(n))?;
        let longitude = self.longitude.filter(|n| (-180.0..=180.0).contains(n))?;
        Some((latitude, longitude))
    }
}
