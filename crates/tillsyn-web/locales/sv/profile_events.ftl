# Vad människor gjorde med konfigurationsprofiler, så som granskningsloggen säger det.
activity-profile-archive = arkiverade en profil
activity-profile-change = ändrade beskrivningen av en profil
activity-profile-create = skapade en profil
activity-profile-delete = raderade en profil
activity-profile-discard = kastade utkastet till en profil
activity-profile-draft = ändrade utkastet till en profil
activity-profile-export = exporterade en profil med dess hemligheter
activity-profile-publish = publicerade en version av en profil
activity-profile-restore = tog en profil i bruk igen
