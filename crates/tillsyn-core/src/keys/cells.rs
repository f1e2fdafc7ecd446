//! Every place of the database that holds something sealed under the master key, beside the two settings of
//! [`memory`](crate::audit::memory). A test finds columns that are missing here.

/// A sealed column with its statements.
pub(super) struct Cell {
    pub table: &'static str,
    pub column: &'static str,
    /// What binds a value to its row, and the value, of the next rows behind $2 that another key than that of the
    /// four bytes $1 has sealed.
    pub page: &'static str,
    /// Puts $3 in the place of $2 in the row of $1.
    pub put: &'static str,
    /// The first four bytes of what is sealed, which are the key's id, and how many there are.
    pub count: &'static str,
}

macro_rules! cells {
    ($($table:literal $column:literal $row:literal,)*) => {
        pub(super) const CELLS: &[Cell] = &[$(Cell {
            table: $table,
            column: $column,
            page: concat!(
                "SELECT ", $row, ", ", $column, " FROM ", $table, " WHERE ", $column, " IS NOT NULL AND length(",
                $column, ") > 4 AND substr(", $column, ", 1, 4) <> $1 AND ", $row, " > $2 ORDER BY ", $row,
                " LIMIT 50"
            ),
            put: concat!(
                "UPDATE ", $table, " SET ", $column, " = $3 WHERE ", $row, " = $1 AND ", $column, " = $2"
            ),
            count: concat!(
                "SELECT substr(", $column, ", 1, 4), count(*) FROM ", $table, " WHERE ", $column,
                " IS NOT NULL AND length(", $column, ") > 4 GROUP BY 1"
            ),
        },)*];
    };
}

// The table, its sealed column, and what of a row the value is bound to.
cells! {
    "authority" "key_sealed" "id",
    "push_topic" "key_sealed" "id",
    "push_csr" "key_sealed" "id",
    "push_vendor" "key_sealed" "id",
    "escrow" "sealed" "id",
    "command_batch" "request_sealed" "id",
    "command" "secret_sealed" "id",
    "acme_order" "identifier_sealed" "id",
    "profile_version" "content_sealed" "id",
    "profile_version" "original_sealed" "id",
    "profile_draft" "content_sealed" "profile_id",
    "profile_draft" "original_sealed" "profile_id",
    "account_totp" "secret_sealed" "account_id",
    "ceremony" "state_sealed" "token_hash",
    "oidc_provider" "client_secret_sealed" "id",
    "approval" "change_sealed" "id",
    "mail_server" "password_sealed" "id",
    "mail_outbox" "body_sealed" "id",
    "webhook" "key_sealed" "id",
    "webhook_delivery" "body_sealed" "id",
    "dm_forward" "key_sealed" "enrollment_id",
    "import_file" "file_sealed" "id",
    "import_file" "preview_sealed" "id",
    "invitation" "secrets_sealed" "id",
    "invitation_batch_item" "row_sealed" "batch_id || '/' || CAST(line AS TEXT)",
    "invitation_batch_item" "pin_sealed" "invitation_id",
    "hand_over" "link_sealed" "code_hash",
    "ldap_source" "password_sealed" "source_id",
}
