permission-certificates-renew = Be enheter förnya sitt certifikat
permission-certificates-revoke = Spärra enheters certifikat
activity-certificate-renew = bad om ett nytt certifikat av
activity-certificate-late = inget nytt certifikat kom från
activity-certificate-expiring = certifikatet går snart ut för
activity-certificate-expired = certifikatet gick ut för
activity-certificate-revoked = spärrade ett certifikat för
activity-attestation-refused = Ett intyg avvisades:
activity-authority = lade till en certifikatutfärdare
activity-authority-changed = ändrade vad en certifikatutfärdare får göra
activity-authority-removed = tog bort en certifikatutfärdare
certificate = Certifikat
certificates = Enheternas certifikat
certificates-intro = Med sitt certifikat visar en enhet vid varje kontakt vem den är.
certificates-none = Ingen enhet har något certifikat än.
certificates-region = Certifikat, ett per rad
certificates-all = Alla certifikat för enheten
certificate-renew = Be om ett nytt certifikat
certificate-revoke = Spärra certifikatet
certificate-late = Förnyelsen är försenad
certificate-method = Hur det utfärdades
certificate-method-scep = SCEP, nyckeln gjordes av enheten
certificate-method-acme = ACME, nyckeln finns i hårdvaran
certificate-method-attested = ACME, intygat av Apple
certificate-state = Vad det används till
certificate-issued = Utfärdat
certificate-next-renewal = Förnyelsen börjar
certificate-address = Begärt från
certificate-in-use = Används
certificate-not-in-use = Används inte
certificate-replaced = Ersatt av ett nyare
certificate-ended = Registreringen är slut
certificate-by-administrator = Spärrat av en administratör
certificate-grace = Ersatt; godtas till { $a }
certificate-late-refused = Enheten avvisade den nya profilen
certificate-late-not-used = Enheten tog emot den nya profilen men behåller det gamla certifikatet
certificate-late-not-fetched = Enheten har inte hämtat den nya profilen
certificate-late-not-asked = Enheten kunde inte tillfrågas
attested = Vad Apple intygar
attested-none = Inget intyg: nyckeln gjordes av enheten och ingen går i god för den.
attested-os = System vid intyget
attested-sip = Systemintegritetsskydd
attested-boot = Säker start
attested-boot-full = Full säkerhet
attested-boot-reduced = Minskad säkerhet
attested-boot-permissive = Tillåtande säkerhet
attested-kexts = Andras kärntillägg
attested-on = På
attested-off = Av
attested-allowed = Tillåtna
attested-not-allowed = Inte tillåtna
revoke-device-lost = Enheten använder det här certifikatet. Efteråt kan den inte längre höra av sig, och någon måste registrera den igen.
revoke-enrollment-stops = Ingen enhet har hört av sig med det här certifikatet. Efteråt kan ingen börja med det.
revoke-nothing = Ett annat certifikat används, eller registreringen är slut. Inget ändras för enheten.
revoke-budget = För många enheter har avslutats på kort tid. Försök igen senare.
message-certificate-revoked = Certifikatet är spärrat
need-unknown = { $n ->
    [one] 1 enhet knackar på som den återställda säkerhetskopian inte känner till
   *[other] { $n } enheter knackar på som den återställda säkerhetskopian inte känner till
}
need-unknown-text = De registrerades efter att säkerhetskopian gjordes och nekas tills någon tar in dem igen.
need-unknown-act = Läs hur de tas in
need-renewals = { $n ->
    [one] 1 enhet förnyar inte sitt certifikat
   *[other] { $n } enheter förnyar inte sitt certifikat
}
need-renewals-text = När det går ut kan enheten inte längre hanteras.
need-renewals-act = Se certifikat
