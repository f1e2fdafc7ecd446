# What people did with configuration profiles, as the audit trail says it.
activity-profile-archive = archived a profile
activity-profile-change = described a profile anew
activity-profile-create = made a profile
activity-profile-delete = deleted a profile
activity-profile-discard = threw away the draft of a profile
activity-profile-draft = changed the draft of a profile
activity-profile-export = exported a profile with its secrets
activity-profile-publish = published a version of a profile
activity-profile-restore = took a profile back into use
