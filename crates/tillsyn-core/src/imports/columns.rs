//! What the columns of a file are called: by us, and by people in three languages.

use super::ImportKind;

/// One column that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Email,
    Unit,
    Language,
    Status,
    Description,
    Serial,
}

impl Column {
    /// Our own name of it, as in templates and errors.
    pub(super) fn as_str(self, kind: ImportKind) -> &'static str {
        match (self, kind) {
            (Self::Name, ImportKind::Groups) => "group",
            (Self::Unit, ImportKind::Units) => "path",
            (Self::Name, _) => "name",
            (Self::Email, _) => "email",
            (Self::Unit, _) => "unit",
            (Self::Language, _) => "language",
            (Self::Status, _) => "status",
            (Self::Description, _) => "description",
            (Self::Serial, _) => "serial_number",
        }
    }

    /// The columns of a kind; the first must be there.
    pub(super) fn of(kind: ImportKind) -> &'static [Self] {
        match kind {
            ImportKind::People => &[
                Self::Name,
                Self::Email,
                Self::Unit,
                Self::Language,
                Self::Status,
            ],
            ImportKind::Groups => &[
                Self::Name,
                Self::Unit,
                Self::Description,
                Self::Serial,
                Self::Email,
            ],
            ImportKind::Units => &[Self::Unit],
        }
    }

    fn names(self, kind: ImportKind) -> &'static [&'static str] {
        match (self, kind) {
            (Self::Name, ImportKind::Groups) => &[
                "group",
                "group name",
                "name",
                "grupp",
                "gruppnamn",
                "namn",
                "グループ",
                "グループ名",
                "名前",
            ],
            (Self::Name, _) => &["name", "full name", "namn", "名前", "氏名"],
            (Self::Email, _) => &[
                "email",
                "e mail",
                "mail",
                "mail address",
                "email address",
                "e mail address",
                "e post",
                "epost",
                "e postadress",
                "epostadress",
                "mejl",
                "mejladress",
                "メール",
                "メールアドレス",
                "電子メール",
            ],
            (Self::Unit, ImportKind::Units) => &[
                "path",
                "unit",
                "org unit",
                "sökväg",
                "enhet",
                "organisationsenhet",
                "パス",
                "組織単位",
            ],
            (Self::Unit, _) => &[
                "unit",
                "org unit",
                "enhet",
                "organisationsenhet",
                "組織単位",
                "部署",
            ],
            (Self::Language, _) => &["language", "språk", "言語"],
            (Self::Status, _) => &["status", "状態", "ステータス"],
            (Self::Description, _) => &["description", "beskrivning", "説明"],
            (Self::Serial, _) => &["serial number", "serial", "serienummer", "シリアル番号"],
        }
    }

    /// The column that a header means.
    pub(super) fn find(kind: ImportKind, header: &str) -> Option<Self> {
        let plain = header.trim().to_lowercase().replace(['_', '-'], " ");
        let mut columns = Self::of(kind).iter().copied();
        columns.find(|column| column.names(kind).contains(&plain.as_str()))
    }
}

/// `active` or `inactive`, as people write it.
pub(super) fn status(text: &str) -> Option<&'static str> {
    match text.to_lowercase().as_str() {
        "active" | "aktiv" | "有効" => Some("active"),
        "inactive" | "inaktiv" | "無効" => Some("inactive"),
        _ => None,
    }
}

/// The tag of a language, also from its name.
pub(super) fn language(text: &str) -> Option<&'static str> {
    match text.to_lowercase().as_str() {
        "en" | "english" | "engelska" | "英語" => Some("en"),
        "sv" | "swedish" | "svenska" | "スウェーデン語" => Some("sv"),
        "ja" | "japanese" | "japanska" | "日本語" => Some("ja"),
        _ => None,
    }
}
