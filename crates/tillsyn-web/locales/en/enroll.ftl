profile-name = Management by { $a }
profile-description = { $a } manages this device: it sends settings and apps for work, sees model, system and security status, and can lock it. You can remove this profile in Settings.
