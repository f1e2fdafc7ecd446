# Directories: where people and groups come from.

activity-directory-added = added a directory
activity-directory-changed = changed a directory
activity-directory-removed = removed a directory
activity-directory-token = made a token for a directory
activity-directory-token-revoked = revoked the token of a directory
activity-directory-run = was read
activity-directory-held = would take away much at once and waits
activity-directory-released = released what a directory wants
activity-directory-declined = declined what a directory wants
activity-directory-ill = cannot be read
activity-directory-well = can be read again
activity-directory-linked = linked a directory’s entry to a person
activity-directory-leavers = changed what becomes of the devices of people who leave
activity-directory-state = changed where a person stands
notice-directory-held = A directory would take away much at once; it waits for you to look.
notice-directory-ill = A directory cannot be read; what it brought before stays.
