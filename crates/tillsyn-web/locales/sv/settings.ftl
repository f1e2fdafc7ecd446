push-intro = Apple behöver det för att meddela enheter att något väntar. Det hämtas från identity.apple.com och gäller ett år.
push-current = Används
push-none = Inget pushcertifikat än
push-topic = Ämne
subject = Innehavare
issuer = Utfärdare
valid-from = Giltigt från
push-devices = Enheter som nås med det
push-account = Apple-konto
push-account-hint = Kontot du skapade det med. En förnyelse med ett annat konto stänger ute alla enheter.
push-uploaded-by = Uppladdat av
push-upload = Ladda upp ett pushcertifikat
push-renew = Ladda upp ett förnyat certifikat
push-renew-hint = Ämnet måste vara detsamma; ett annat avvisas. Enheterna märker ingenting.
push-certificate = Certifikat (PEM)
push-certificate-hint = Så som det laddades ner från Apple
push-key = Privat nyckel (PEM)
push-key-hint = Nyckeln till begäran, utan lösenfras. Den förseglas innan den sparas.
push-upload-act = Ladda upp
push-renew-act = Kontrollera och förnya
push-ladder = Varningar innan det går ut
push-ladder-step = { $n ->
    [one] 1 dag före
   *[other] { $n } dagar före
}
push-ladder-end = Inga enheter kan nås
push-how = Så skaffar du ett
push-how-1 = Låt signera en certifikatbegäran med ett MDM-leverantörscertifikat.
push-how-2 = Logga in på identity.apple.com med ett konto som tillhör organisationen, inte en person, och ladda upp begäran.
push-how-3 = Ladda ner certifikatet och ladda upp det här tillsammans med nyckeln.
push-refused-topic = { $n ->
    [one] Avvisat: detta skulle stänga ute 1 enhet
   *[other] Avvisat: detta skulle stänga ute { $n } enheter
}
push-refused-topic-text = Det nya certifikatet gäller ämnet { $new }, enheterna är bundna till { $old }. Förnya det gamla med det Apple-konto som skapade det.
push-refused-key = Avvisat: nyckeln hör inte till certifikatet
push-refused-key-text = Välj den privata nyckel som begäran gjordes med.
push-refused-kind = Avvisat: detta är inget pushcertifikat för enhetshantering
push-refused-kind-text = Innehavaren anger inget ämne som börjar med com.apple.mgmt. Ladda ner det från identity.apple.com.
push-refused-expired = Avvisat: certifikatet gick ut { $a }
push-refused-expired-text = Förnya det på identity.apple.com med samma Apple-konto.
tokens-intro = För program. En nyckel kan begära en radering men aldrig släppa eller bekräfta den.
tokens-none = Inga nycklar än. Kommandoraden och dina program loggar in med en.
tokens-region = API-nycklar, rullar i sidled
token = nyckel
token-new = Ny nyckel
token-name-hint = Vad som använder den: ”inventarieexport”
token-valid = Giltig i
token-create = Skapa nyckel
token-created = Nyckeln ”{ $a }”
token-created-hint = Kopiera den nu; bara ett fingeravtryck sparas.
role = Roll
role-administrator = Administratör
role-operator = Operatör
role-reader = Läsare
last-used = Senast använd
