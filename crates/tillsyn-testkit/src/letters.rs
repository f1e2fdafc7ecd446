//! Mails about invitations, read as a mail program reads them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tillsyn_standins::smtp::ReceivedMail;

/// A mail about an invitation.
pub struct Letter {
    pub subject: String,
    pub plain: String,
    pub html: String,
    pub picture: Vec<u8>,
    pub to: String,
}

impl Letter {
    /// Takes the message apart.
    pub fn read(mail: &ReceivedMail) -> Self {
        let mut parts = Vec::new();
        split(&mail.data, &mut parts);
        let of = |kind: &str| {
            let part = parts.iter().find(|(found, _)| found.starts_with(kind));
            part.map(|(_, bytes)| bytes.clone()).unwrap_or_default()
        };
        let text = |kind: &str| String::from_utf8(of(kind)).unwrap();
        Self {
            subject: words(&mail.header("Subject")),
            plain: text("text/plain"),
            html: text("text/html"),
            picture: of("image/png"),
            to: mail.to[0].clone(),
        }
    }

    /// The code of the link, and the same link in both texts.
    pub fn code(&self) -> String {
        let code = between(&self.plain, "/e/", "\n");
        assert!(self.html.contains(&format!("/e/{code}\"")), "{}", self.html);
        code
    }

    /// `None` when the mail names none.
    pub fn pin(&self) -> Option<String> {
        let at = self.html.find("letter-spacing:2px")?;
        Some(between(&self.html[at..], "<strong>", "</strong>"))
    }

    /// The code for typing at `/go`.
    pub fn typed(&self) -> String {
        let line = self.plain.lines().find(|line| line.contains("/go  "));
        line.unwrap().rsplit(' ').next().unwrap().to_owned()
    }
}

/// What stands in `text` after `from` and before `to`.
pub fn between(text: &str, from: &str, to: &str) -> String {
    let (_, rest) = text
        .split_once(from)
        .unwrap_or_else(|| panic!("{from} in {text}"));
    rest.split(to).next().unwrap().trim().to_owned()
}

/// The leaves of a message: what they are, and their bytes.
fn split(data: &str, into: &mut Vec<(String, Vec<u8>)>) {
    let (head, body) = data.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |name: &str| {
        let line = head.split("\r\n").find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        line.unwrap_or_default().to_owned()
    };
    let kind = header("Content-Type");
    if let Some((_, rest)) = kind.split_once("boundary=") {
        let boundary = rest
            .trim_start_matches('"')
            .split(['"', ';'])
            .next()
            .unwrap();
        for part in body.split(&format!("--{boundary}")).skip(1) {
            if !part.starts_with("--") {
                split(part.trim_start_matches("\r\n"), into);
            }
        }
        return;
    }
    let bytes = match header("Content-Transfer-Encoding").as_str() {
        "base64" => STANDARD.decode(body.replace("\r\n", "").trim()).unwrap(),
        "quoted-printable" => printable(body),
        _ => body.replace("\r\n", "\n").into_bytes(),
    };
    into.push((kind, bytes));
}

fn printable(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "").replace("\r\n", "\n");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first == b'=' && more.len() > 1 {
            let digits = std::str::from_utf8(&more[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &more[2..];
        } else {
            bytes.push(*first);
        }
    }
    bytes
}

/// The words of a header (RFC 2047, `=?utf-8?b?…?=`).
fn words(text: &str) -> String {
    let mut bytes = Vec::new();
    for word in text.split(' ') {
        match word
            .strip_prefix("=?utf-8?b?")
            .and_then(|word| word.strip_suffix("?="))
        {
            Some(word) => bytes.extend(STANDARD.decode(word).unwrap()),
            None => bytes.extend([b" ", word.as_bytes()].concat()),
        }
    }
    String::from_utf8(bytes).unwrap().trim().to_owned()
}
