# Inloggning utöver lösenordet, och det egna kontot.
account-link = (ditt konto)
account-title = Ditt konto
account-required = Din roll kräver en andra faktor. Lägg till en lösennyckel eller en autentiseringsapp.

second-title = Ett steg till
second-intro = { $person }, lösenordet stämmer. Visa nu din andra faktor.
second-code = Kod från din app, eller en återställningskod
second-code-hint = Sex siffror från appen. Har du den inte med dig, skriv en av dina återställningskoder.
second-recovery = Återställningskod
second-recovery-hint = Sexton bokstäver och siffror. Varje kod fungerar en gång.
error-code-used = Koden stämmer inte, eller är redan använd
error-password-same = Det är det lösenord du redan har. Välj ett annat

passkey-use = Använd en lösennyckel
passkey-failed = Det gick inte. Försök igen, eller använd ett annat sätt.
passkeys = Lösennycklar
passkeys-intro = Med en lösennyckel loggar du in med finger, ansikte eller enhetens kod. Den ersätter lösenord och kod.
passkeys-none-here = Lösennycklar kräver att konsolen har ett värdnamn med https.
passkey-added = Tillagd
passkey-synced = på flera enheter
passkey-name = Lösennyckelns namn
passkey-name-hint = Till exempel enheten som har den.
passkey-add = Lägg till en lösennyckel
passkey-hint = Det snabbaste sättet: finger, ansikte eller enhetens kod.
passkey-rename = Byt namn
passkey-remove = Ta bort

app = Autentiseringsapp
app-title = Ställ in en autentiseringsapp
app-intro = Läs av koden med appen, eller skriv in nyckeln i den. Skriv sedan de sex siffror som appen visar.
app-hint = En app i telefonen visar en ny kod med sex siffror var 30:e sekund.
app-qr = Kod för autentiseringsappen
app-secret = Nyckel för appen
app-code = Sex siffror från appen
app-confirm = Bekräfta
app-add = Använd en autentiseringsapp
app-there = En autentiseringsapp är inställd.
app-remove = Ta bort appen

codes = Återställningskoder
codes-title = Dina återställningskoder
codes-intro = Om lösennyckeln eller appen är borta släpper en av de här koderna in dig. Var och en fungerar en gång. Skriv ut dem eller spara dem i en lösenordshanterare.
codes-kept = Jag har sparat dem
codes-new = Gör nya koder
codes-left = { $n ->
    [0] Ingen kod är kvar.
    [one] En kod är kvar.
   *[other] { $n } koder är kvar.
}

password-old = Ditt lösenord nu
password-new = Nytt lösenord
password-change = Byt lösenord
password-ends = Alla dina andra sessioner avslutas.

sessions = Sessioner
sessions-region = Dina sessioner, rullar i sidled
sessions-end-others = Avsluta alla andra sessioner
session-browser = Webbläsare
session-browser-on = { $browser } på { $system }
session-unknown = Okänd webbläsare
session-method = Inloggad med
session-address = Adress
session-began = Började
session-this = Den här
session-end = Avsluta
session-password = Lösenord
session-password-second = Lösenord och andra faktor
session-passkey = Lösennyckel
session-oidc = Samlad inloggning
session-break-glass = Länk från servern

set-up-password-title = Välj ett eget lösenord
set-up-password-intro = Lösenordet som du kom in med har någon annan valt, eller så ska det ersättas.
set-up-factor-title = Lägg till en andra faktor
set-up-factor-intro = Din roll kräver mer än ett lösenord. Välj ett sätt nu; du kan lägga till fler senare.

rescue-title = Logga in med en länk från servern
rescue-intro = Det här loggar in som { $person }. Kontots lösennycklar, autentiseringsapp och återställningskoder tas bort, och du väljer ett nytt lösenord.
rescue-act = Logga in

confirm-elsewhere = Det här kräver mer än ditt lösenord: bekräfta först att det är du.
confirm-elsewhere-act = Bekräfta

message-password-changed = Lösenordet är bytt. Alla andra sessioner är avslutade.
message-factor-added = Tillagd.
message-factor-removed = Borttagen.
message-session-ended = Avslutad.

refusal-second-factor = Din roll kräver en andra faktor. Lägg först till en annan.
refusal-no-factor = Lägg först till en lösennyckel eller en autentiseringsapp.
refusal-passkey-known = Lösennyckeln är redan registrerad.
refusal-passkey-limit = Ett konto har högst 20 lösennycklar.
refusal-app = Det finns redan en autentiseringsapp. Ta först bort den.

activity-password = bytte lösenord
activity-rescue = gjorde en inloggningslänk på servern
activity-rescued = kom in med en länk från servern
activity-factor-added = lade till en andra faktor
activity-factor-removed = tog bort en andra faktor
activity-factor-renamed = bytte namn på en lösennyckel
activity-codes = gjorde nya återställningskoder
activity-code-used = använde en återställningskod
activity-session-revoked = avslutade sessioner
