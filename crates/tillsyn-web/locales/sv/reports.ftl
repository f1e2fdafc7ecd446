nav-reports = Rapporter
reports-intro = Hur många enheter det finns av varje slag. Varje tal leder till sina enheter.
reports-devices = Enheter
report-os = Operativsystem
report-os-text = Enheter efter plattform och operativsystemets version.
report-status = Status
report-status-text = Enheter efter status: aktiva, inte sedda, avvecklade.
report-ownership = Ägare
report-ownership-text = Organisationens enheter och personliga.
report-unit = Organisationsenheter
report-unit-text = Varje organisationsenhets enheter, med allt därunder.
report-model = Modeller
report-model-text = Enheter efter modell, de vanligaste först.
report-age = Ålder
report-age-text = Enheter efter tiden sedan de registrerades.
report-contact = Senaste kontakt
report-contact-text = Enheter efter tiden sedan de senast hörde av sig.
report-column-model = Modell
report-enrolled = Registrerad
report-heard = Hörde av sig
report-unit-itself = Direkt i
report-itself = { $a }, direkt
report-days-within = { $n ->
    [one] inom ett dygn
   *[other] inom { $n } dygn
  }
report-days-between = för { $from } till { $to } dygn sedan
report-days-over = { $n ->
    [one] för mer än ett dygn sedan
   *[other] för mer än { $n } dygn sedan
  }
report-days-never = aldrig
report-csv = CSV
report-chart = Enheter
report-counted = Räknat
report-share = Andel
report-others = Alla andra
report-total = Totalt
report-region = { $a }, tabell
report-none-text = Rapporter räknar enheter. Registrera den första.
report = Rapport
report-mail = Med e-post
report-mail-all = Alla rapporter med e-post
report-mail-text = Rapporten med dessa filter, räknad på nytt varje gång. Den räknar det du når när den skickas.
report-rhythm = Hur ofta
report-daily = Varje dag
report-weekly = Varje vecka
report-monthly = Varje månad
report-weekday = Veckodag, om varje vecka
report-month-day = Dag, om varje månad
report-hour = Klockslag
report-to = Till
report-to-me = Mig
report-schedule = Skicka med e-post
report-schedules = Rapporter med e-post
report-schedules-none = Du får ingen rapport med e-post. Öppna en rapport för att schemalägga den.
report-schedules-region = Rapporter med e-post, tabell
report-when = När
report-last = Senast skickad
report-acts = Ändra
report-next = Nästa
report-paused = Pausad
report-pause = Pausa
report-resume = Återuppta
report-send = Skicka nu
report-remove = Ta bort
report-one-unit = en organisationsenhet
report-times-daily = Varje dag kl. { $a }
report-times-weekly = { $day } kl. { $time }
report-times-monthly = Den { $day } varje månad kl. { $time }
report-failure-owner = Ägaren kan inte logga in längre.
report-failure-right = Ägaren saknar behörighet för den.
report-failure-unit = Organisationsenheten är borta eller utom ägarens räckvidd.
report-failure-server = Det finns ingen e-postserver: inget skickas.
report-failure-nobody = Det finns ingen kvar att skicka den till.
report-mail-intro = Enheter hos { $organisation }, räknade { $time }.
report-mail-filter = Endast: { $a }
report-mail-open = Öppna rapporten
report-mail-own = Du har bett om rapporten. Pausa eller ta bort den under Rapporter i konsolen.
report-mail-owner = { $a } låter skicka rapporten till dig. Be dem om den inte längre ska komma.
weekday-monday = måndag
weekday-tuesday = tisdag
weekday-wednesday = onsdag
weekday-thursday = torsdag
weekday-friday = fredag
weekday-saturday = lördag
weekday-sunday = söndag
activity-report-scheduled = låter skicka en rapport med e-post
activity-report-paused = pausade en rapport med e-post
activity-report-resumed = återupptog en rapport med e-post
activity-report-removed = avslutade en rapport med e-post
activity-report-asked = bad om en rapport med e-post genast
activity-report-sent = skickade en rapport med e-post
activity-report-failed = kunde inte skicka en rapport med e-post
attempts-failed-today = Misslyckade inom 24 timmar
trend-span = { $n } dagar
trend-note = { $enrolled } registrerade, { $ended } avslutade på { $n } dagar
trend-text = Mellan { $least } och { $most } enheter på { $n } dagar.
expiry-over = Har gått ut
expiry-push = Pushcertifikat från Apple
expiry-token = API-token
expiry-token-effect = Programmet som använder den slutar fungera.
expiry-token-act = Visa token
expiry-days = { $n ->
    [one] 1 dag
   *[other] { $n } dagar
  }
expiry-push-effect = { $n ->
    [one] 1 enhet slutar svara.
   *[other] { $n } enheter slutar svara.
  }
trend = Registrerade enheter
trend-table = Visa som tabell
trend-region = Registrerade enheter per dag, tabell
trend-day = Dag
trend-enrolled = Registrerade
trend-ended = Avslutade
expiry = Certifikat och token
expiry-sub = Närmaste 90 dagarna
expiry-none = Inget går ut de närmaste 90 dagarna.
expiry-region = Certifikat och token som går ut, tabell
expiry-what = Vad
expiry-then = Om det går ut
expiry-act = Åtgärd
