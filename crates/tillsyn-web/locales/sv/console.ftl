nav-main = Huvudmeny
nav-overview = Översikt
nav-devices = Enheter
nav-enrollment = Registrering
nav-invitations = Inbjudningar
nav-attempts = Försök
nav-failed = misslyckade
nav-operate = Drift
nav-commands = Kommandon
nav-waiting = väntar
nav-settings = Inställningar
nav-push = Pushcertifikat
nav-tokens = API-nycklar
sign-in-title = Logga in i Tillsyn
sign-in-failed = E-postadress eller lösenord stämmer inte.
sign-in-slow = { $n ->
    [one] För många försök. Vänta 1 minut och försök igen.
   *[other] För många försök. Vänta { $n } minuter och försök igen.
}
signed-out = Du är utloggad.
sign-in-needed = Logga in för att fortsätta.
your-name = Ditt namn
first-title = Första administratören
first-intro = Det finns inget konto ännu. Den som kan läsa serverns utskrift skapar det första.
first-code = Engångskod
first-code-hint = Servern skrev ut den när den installerades. Den fungerar en gång.
first-submit = Skapa administratör
confirm-title = Bekräfta att det är du
confirm-intro = { $person }, det som följer kräver det här. Sedan gäller det i 10 minuter.
needs = Behöver dig
needs-sub = Värst först
needs-none = Ingenting behöver dig
needs-checked = Kontrollerat
need-push-missing = Pushcertifikat saknas
need-push-missing-text = Utan ett sådant från Apple kan ingen enhet registreras eller nås.
need-push-missing-act = Ladda upp pushcertifikatet
need-push-expiring = { $n ->
    [one] Pushcertifikatet går ut om 1 dag
   *[other] Pushcertifikatet går ut om { $n } dagar
}
need-push-expiring-text = Efter { $date } kan inga enheter nås, totalt { $n }. Förnya det med samma Apple-konto, { $account }.
need-push-expired = Pushcertifikatet har gått ut
need-push-expired-text = Sedan { $date } kan inga enheter nås, totalt { $n }. Förnya det med samma Apple-konto, { $account }; ingenting behöver registreras om.
need-push-renew = Förnya certifikatet
need-push-stopped = Apple avvisar pushcertifikatet
need-refused = { $n ->
    [one] { $n } enhet nekar en profil
   *[other] { $n } enheter nekar en profil
}
need-refused-text = De är utan den tills orsaken är åtgärdad. Varje profil visar sina enheter och vad de svarade.
need-refused-act = Visa profilerna
need-held = { $n ->
    [one] 1 kommando hålls kvar
   *[other] { $n } kommandon hålls kvar
}
need-held-text = Skyddet håller det som en person inte får göra ensam tills någon annan godkänner det. Dra tillbaka det som inte är menat.
need-unreachable = { $n ->
    [one] 1 enhet är onåbar
   *[other] { $n } enheter är onåbara
}
need-unreachable-text = Apple säger att deras push-token är död: hanteringen är borttagen eller enheten raderad.
need-devices-act = Visa enheter
need-silent = { $n ->
    [one] 1 enhet är tyst
   *[other] { $n } enheter är tysta
}
need-silent-text = Apple tar emot våra pushar, men enheterna hör inte av sig. De flesta är avstängda eller utan nät.
need-attempts = { $n ->
    [one] 1 registrering misslyckades på 24 timmar
   *[other] { $n } registreringar misslyckades på 24 timmar
}
need-attempts-text = Varje försök visar steget, orsaken och vad man gör åt den.
need-attempts-act = Visa försök
figures = Nyckeltal
figure-enrolled = Aktiva enheter
figure-enrolled-note = { $n } finns i registret
figure-seen = Sedda inom 24 timmar
figure-seen-note = { $a } av alla i registret
figure-enrolling = Öppna inbjudningar
figure-enrolling-note = { $n } försök misslyckades på 24 timmar
figure-waiting = Kommandon på väg
figure-waiting-note = { $n } hålls kvar av skyddet
versions = Plattformar och OS-versioner
versions-newest = Nyaste
versions-before = Före den
versions-older = Äldre
versions-none = Inga enheter än. Här ser du vilka OS-versioner de kör.
versions-note = { $percent } på { $version }
contact = Kontakt
contact-note = Nåbar: push-token fungerar. Tyst: Apple tar emot pushar, enheten hör inte av sig. Onåbar: push-token är död.
activity = Senaste händelser
activity-none = Ingenting har hänt än.
activity-enrolled = Registrerad:
activity-removed = Lämnade hanteringen:
activity-command = begärde ”{ $a }”:
activity-withdrawn = återtog ”{ $a }”:
activity-invited = skapade en inbjudan:
activity-uninvited = återkallade en inbjudan:
activity-push = laddade upp ett pushcertifikat
activity-token = skapade en API-nyckel
activity-token-revoked = återkallade en API-nyckel
activity-signed-in = loggade in
activity-signed-out = loggade ut
activity-user = skapade ett konto
activity-organisation = satte upp organisationen
activity-preferences = ändrade språk eller tema
waiting = Väntande kommandon
waiting-none = Ingenting väntar.
enroll-devices = Registrera enheter
devices-intro = Alla registrerade enheter du får se. Privata enheter visar mindre, med avsikt.
devices-unknown = De här delarna av adressen betyder ingenting här och har hoppats över: { $a }
devices-list = Enhetslista
devices-find = Sök i listan
devices-find-hint = Namn, serienummer, person
devices-region = Enheter, rullar i sidled
devices-caption = { $n ->
    [one] 1 enhet
   *[other] { $n } enheter
}, ordnade efter: { $order }
devices-none = Inga enheter än
devices-none-push = Ladda först upp ett pushcertifikat och bjud sedan in den första personen.
devices-none-text = Skapa en inbjudan och öppna länken på en iPhone, iPad eller Mac.
no-person = Ingen person
copy-view = Kopiera länk till vyn
commands-intro = Vad som väntar, är på väg och hur det slutade.
commands-nothing = Inget kommando har skickats än.
commands-none = Inga kommandon än.
commands-region = Kommandon, rullar i sidled
command-device-information = Fråga efter enhetsinformation
command-security-info = Fråga efter säkerhetsläge
command-profile-list = Fråga vilka profiler som är installerade
command-install-profile = Installera en profil
command-install-profile-named = Installera profilen ”{ $a }”
command-remove-profile = Ta bort en profil
command-remove-profile-named = Ta bort profilen ”{ $a }”
command-device-lock = Lås
command-erase-device = Radera
command-retire = Avveckla
hop-queued = Väntar på sin tur i enhetens kö.
hop-push-sent = Apple tog emot pushen; enheten väntas höra av sig.
hop-sent = Enheten har det. Härifrån kan det inte stoppas.
hop-not-now = Enheten kan inte göra det nu, oftast för att den är låst. Den frågar igen av sig själv; ingen behöver göra något.
hop-acknowledged = Enheten har utfört det.
hop-cancelled = Återtaget innan enheten fick det.
hop-superseded = Ett nyare kommando tog dess plats.
hop-expired = Enheten hämtade det inte i tid.
hop-error = Enheten kunde inte göra det.
held-hold = Går iväg { $a }. Till dess kan alla med rättigheten återta det.
held-budget = Gränsen för raderingar och avslut är nådd. En andra person avgör under Godkännanden.
held-many = Mer än en person avgör. En andra person avgör under Godkännanden.
held-release = Väntar på en andra person under Godkännanden.
held-new = Ett konto yngre än ett dygn bad om mer än en enhet. En andra person avgör under Godkännanden.
hold-left = Tid tills det skickas
hold-until = kvar, går iväg { $a }
transitions = Vad som har hänt
messages = Meddelanden
messages-sub = Hemligheter är borttagna; sparas i 14 dagar
messages-none = Inget meddelande finns sparat för kommandot.
message-sent = Skickat till enheten
message-answer = Enhetens svar
pushes = Pushar
deliveries = Leveranser
need-push-stopped-text = Ingen enhet kan nås förrän det förnyas. Apple svarar: { $a }.
by-system = Tillsyn
by-server = Någon på servern
by-token = API-nyckel { $a }
by-unknown = Någon
hop-error-said = Enheten kunde inte göra det. Den svarade: { $a }
hop-hold-over = Väntetiden är slut; det väntar på sin tur.
hop-released = Släppt på servern; det väntar på sin tur.
hop-sent-again = Enheten frågade igen och har fått det igen.
hop-absent = Profilen fanns inte längre, vilket var målet.
hop-ended = Registreringen upphörde innan enheten fick det.
activity-sign-in-refused = En inloggning avvisades
activity-confirmed = skrev lösenordet igen
activity-confirm-refused = skrev fel lösenord
activity-push-renewed = förnyade pushcertifikatet
activity-push-removed = tog bort ett pushcertifikat
activity-settings = ändrade inställningar
activity-pin-renewed = förnyade PIN-koden för en inbjudan:
activity-pin-wrong = Fel PIN-kod skrevs för en inbjudan:
activity-attempt = En inbjudan öppnades:
activity-profile = En registreringsprofil hämtades:
activity-certificate = Ett enhetscertifikat utfärdades:
activity-refused = Ett meddelande avvisades från:
activity-ended = Hanteringen upphörde:
activity-repin = Förnyade sitt certifikat:
activity-released = Släppte kvarhållna kommandon
