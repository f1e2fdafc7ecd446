# Gemensam inloggning.
provider-sign-in = Logga in med { $a }
provider-confirm = Visa det hos { $a }
provider-over = Den här inloggningen är över. Börja om.
provider-declined = Identitetsleverantören släppte inte in dig.
provider-answer = Identitetsleverantörens svar går inte att lita på, så du är inte inloggad. Säg till en administratör: historiken visar varför.
provider-away = Identitetsleverantören svarar inte just nu. Försök igen eller använd ett annat sätt.
provider-first = Logga in hos din identitetsleverantör. Din lösennyckel räknas efter det.
provider-not-mapped = Ingen av dina grupper får logga in här. Fråga en administratör.
provider-elsewhere = Ditt konto hör till en annan del av organisationen än den här identitetsleverantören.
provider-account-disabled = Ditt konto är avstängt. Fråga en administratör.
provider-no-email = Identitetsleverantören uppger ingen e-postadress för dig, eller en som ingen har kontrollerat.
provider-email-taken = Det finns redan ett konto med din e-postadress, och den här identitetsleverantören får inte ta över det. Fråga en administratör.
provider-not-fresh = Identitetsleverantören bad dig inte logga in på nytt. Försök en gång till eller använd ett annat sätt.
provider-second-factor = Ditt konto har en andra faktor. Visa den i stället.
provider-other-person = Någon annan loggade in hos identitetsleverantören.
activity-identity = loggade in för första gången med en identitetsleverantör
activity-mapped = fick sin grupps roll och enhet
activity-mapped-refused = behöll roll och enhet som sista ägare, trots sin grupp
activity-provider-created = lade till identitetsleverantören
activity-provider-changed = ändrade identitetsleverantören
activity-provider-removed = tog bort identitetsleverantören

nav-sign-on = Gemensam inloggning
providers = Identitetsleverantörer
providers-intro = Där administratörer loggar in med organisationens konto.
providers-none = Det finns ingen identitetsleverantör. Administratörer loggar in med lösenord eller nyckel.
providers-new = Lägg till en identitetsleverantör
providers-groups = Grupper
providers-group-count = { $n ->
    [one] En grupp
   *[other] { $n } grupper
}
providers-on = På
providers-off = Av
providers-settings = Inställningar
providers-issuer = Utfärdare
providers-client = Klient-ID
providers-secret = Klienthemlighet
providers-secret-kept = Det finns en. Lämna tomt för att behålla den.
providers-scopes = Omfång
providers-claim = Anspråk med grupperna
providers-map = Vad grupper får
providers-map-hint = Den första raden som nämner en av personens grupper gäller. Utan en sådan kommer ingen in.
providers-map-row = Rad { $a }
providers-group = Grupp
providers-role = Roll
providers-unit = Enhet
providers-enabled = Det går att logga in med den
providers-links = En första inloggning får ta över kontot med samma kontrollerade e-postadress
providers-factor = Dess andra faktor räknas som vår
providers-factor-values = Vad som säger att en visades
providers-algorithms = Signaturer som räknas
providers-hosts = Fler värdar för dess adresser
providers-there = Hos leverantören
providers-there-text = Registrera en webbapplikation där, med den här adressen att skicka tillbaka folk till.
providers-redirect = Adress att skicka tillbaka till
providers-try = Prova den
providers-try-text = Frågar leverantören efter adresser och nycklar, som en inloggning gör.
providers-usable = { $n ->
    [one] Leverantören svarar, med en nyckel som går att använda.
   *[other] Leverantören svarar, med { $n } nycklar som går att använda.
}
providers-unusable = Leverantören går inte att använda: { $a }.
providers-remove = Ta bort
providers-remove-text = Alla som kom in med den loggas ut. Deras konton finns kvar.
providers-issuer-known = Det finns redan en identitetsleverantör med den här utfärdaren.
providers-issuer-wrong = Utfärdaren är en adress med https://, som leverantören själv skriver den.
providers-algorithms-none = Välj minst en signatur.
providers-mappings-wrong = En rad nämner en roll eller enhet som inte går att ge.
providers-words-wrong = Ett av orden går inte att använda.
providers-redirect-later = Adressen att skicka tillbaka folk till visas här när det är sparat.
providers-second = En andra person godkänner där grupper får en roll med stora rättigheter, eller där befintliga konton får tas över. Skriv varför.
providers-waits = En ändring av den här identitetsleverantören väntar redan på en andra person.
providers-platform = Ditt konto är begränsat till en plattform, och det som en identitetsleverantör ger gäller alla.
providers-last-owner = Organisationens sista ägare loggar bara in här. Ge först en ägare ett lösenord eller en lösennyckel.
providers-trouble-address = adressen { $a } börjar inte med https://
providers-trouble-issuer = den uppger en annan utfärdare
providers-trouble-host = { $a } ligger på en värd som inte är leverantörens
providers-trouble-unreachable = den går inte att nå
providers-trouble-status = { $what } svarar med status { $status }
providers-trouble-large = { $a } är större än 256 KiB
providers-trouble-json = { $a } är inte vad det ska vara
providers-trouble-keys = ingen av dess nycklar går att använda
approval-title-provider = Identitetsleverantör: { $a }
approval-more-provider = Till identitetsleverantörerna
