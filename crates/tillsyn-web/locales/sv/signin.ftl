# The portal's frame, and sign-in for people.
portal-menu = Dina sidor
portal-devices = Mina enheter
portal-me = Min profil
portal-help-own = Frågor? Kontakta din organisations IT-support.
portal-sign-in-intro = Med den e-postadress och det lösenord som du har för dina enheter.
portal-sign-in-needed = Logga in för att fortsätta.
portal-signed-out = Du är utloggad.
portal-sign-in-failed = E-postadressen eller lösenordet stämmer inte.
portal-error-forbidden = Det går inte
portal-error-forbidden-text = Ditt konto får inte göra detta. Kontakta din organisations IT-support.
portal-error-missing-text = Adressen är fel, eller så finns det som låg där inte kvar.
portal-error-refused-text = Öppna sidan igen och försök på nytt. Kontakta din organisations IT-support om felet kvarstår.
portal-error-on = Fortsätt
