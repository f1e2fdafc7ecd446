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
report-itself = { $value }, direkt
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
report-region = { $value }, tabell
report-none-text = Rapporter räknar enheter. Registrera den första.
