nav-docs = Dokumentation
docs-intro = Hur man gör, varför det är så och vad som finns.
docs-search = Sök i dokumentationen
docs-found = { $n ->
    [one] { $n } avsnitt med ”{ $a }”
   *[other] { $n } avsnitt med ”{ $a }”
}
docs-none = Inget avsnitt innehåller alla orden. Försök med färre.
docs-all = Alla dokument
docs-guide = Handledning
docs-guide-about = Hur man gör
docs-concepts = Begrepp
docs-concepts-about = Varför det är så
docs-reference = Referens
docs-reference-about = Vad som finns
docs-contents = På den här sidan
docs-foreign = Det här dokumentet är på engelska.
docs-what = Vad det betyder

first-steps = Första stegen
first-steps-done = { $n } av { $all } klara
first-done = Klart
first-open = Inte klart än
first-more = Hur
first-hide-me = Dölj för mig
first-hide-all = Dölj för alla
first-address = Adress som enheterna litar på
first-address-text = Här finns inget känt certifikat som passar den offentliga adressen, och ingen har kommit in den vägen än.
first-address-act = Lyssnare och server
first-push = Pushcertifikat
first-push-text = Utan det kan ingen enhet få veta att något väntar på den.
first-mail = E-postserver
first-mail-text = Inbjudningar, inloggningslänkar och meddelanden skickas med e-post.
first-mail-act = Ställ in e-postservern
first-admins = Två administratörer med ett andra steg
first-admins-text = Två personer måste kunna komma in, var och en med lösennyckel, app eller gemensam inloggning, och med återställningskoder på ett säkert ställe.
first-admins-act = Administratörer
first-people = Organisationsenheter eller personer
first-people-text = Rättigheter och profiler gäller för organisationsenheter; inbjudningar går till personer.
first-people-act = Personer
first-invite = Första inbjudan
first-invite-text = Några frågor visar vilken väg in som passar.
first-device = Första enheten
first-device-text = Öppna inbjudan på en enhet. Varje försök sparas steg för steg.
first-device-act = Försök
first-profile = Första profilen tilldelad
first-profile-text = Börja med en mall, se vad den gör och tilldela den till en organisationsenhet eller grupp.
first-profile-act = Profiler
first-backup = Säkerhetskopia av databas och huvudnyckel
first-backup-text = Kopierade, förvarade var för sig och återlästa en gång på prov. Bara du kan veta det.
first-backup-act = Det har jag gjort

guide-intro = Svara på det du vet och se vilken väg in som passar. Inget skapas förrän du går vidare.
guide-about = Om enheterna
guide-platform = Vad är det?
guide-owner = Vem äger dem?
guide-owner-organisation = Organisationen
guide-owner-person = Personen
guide-owner-hint = Arbetsdata hålls isär; du ser mindre.
guide-state = Hur kommer de?
guide-state-new = Nya, eller får raderas
guide-state-in-use = I bruk, får inte raderas
guide-state-managed = Hanteras av en annan server
guide-by = Vem gör i ordning dem?
guide-by-people = Var och en sin egen
guide-by-staff = Någon hos oss, åt andra
guide-by-staff-hint = Klassrum, avdelning, utlåning, kiosk
guide-count = Hur många, ungefär?
guide-show = Visa vad som passar
guide-asked-organisation = { $n ->
    [one] Vägar in för { $n } { $a } som organisationen äger
   *[other] Vägar in för { $n } { $a }-enheter som organisationen äger
}
guide-asked-person = { $n ->
    [one] Vägar in för { $n } { $a } som en person äger
   *[other] Vägar in för { $n } { $a }-enheter som personer äger
}
guide-before = Innan du börjar
guide-help = Läs mer
guide-no-right = Det passar, men din roll får inte påbörja det. Fråga en administratör.
guide-fit-best = Passar bäst
guide-fit-possible = Möjligt
guide-fit-no = Passar inte
guide-fit-not-there = Finns inte än
guide-invitation = En inbjudan
guide-invitation-text = En länk, en QR-kod och en kort kod. Den som har enheten öppnar den och installerar profilen.
guide-invitation-act = Skapa en inbjudan
guide-batch = Inbjudningar med e-post
guide-batch-text = Varje person får ett brev med en egen länk, och påminnelser tills enheten är på plats.
guide-batch-act = Bjud in med e-post
guide-own = Personer tar in enheter själva
guide-own-text = De öppnar den tryckta adressen, loggar in och följer stegen.
guide-own-act = Inställningar för självbetjäning
guide-moving = Flytta från en annan server
guide-moving-text = Enheterna behåller sin registrering och byter server utan att någon rör dem.
guide-moving-act = Så flyttar du
guide-automated = Automatisk enhetsregistrering
guide-automated-text = Enheten hittar sin server när den slås på första gången, via Apple Business eller School Manager.
guide-android = Android Enterprise
guide-android-text = Jobbprofiler och hanterade Android-enheter.
guide-windows = Windows
guide-windows-text = Hantering av Windows-datorer.
guide-keeps-data = Inget på enheten raderas
guide-person-alone = Personen behöver ungefär tre minuter och ingen bredvid sig
guide-no-mail = Ingen e-postadress behövs
guide-many-at-once = Många på en gång; du ser hur långt var och en har kommit och påminner dem som dröjer
guide-nothing-per-device = Inget att förbereda för varje enhet
guide-nothing-touched = Ingen rör en enhet
guide-private-stays = Privata data syns inte, och enheten kan inte raderas härifrån
guide-not-supervised = Inte övervakad: personen kan ta bort hanteringen, och vissa inställningar kräver övervakning
guide-one-by-one = Varje enhet tas i handen, ungefär tre minuter per enhet
guide-needs-mail = Varje person behöver en e-postadress
guide-leave-first = Den andra serverns hantering måste tas bort först
guide-records = Kräver den andra serverns uppgifter och dess pushcertifikat
guide-made-for-many = Gjort för många; för en enhet går en inbjudan fortare
guide-unit-allows = Organisationsenheten måste tillåta det, och varje person behöver ett konto
guide-other-platform = Det gäller iPhone, iPad och Mac. Välj en annan enhet för att använda det.
guide-not-managed = Du svarade att ingen annan server hanterar dem. Ändra svaret för att använda det.
guide-staff = Du svarade att någon annan gör i ordning dem; här gör var och en det själv. Ändra svaret för att använda det.
guide-personal = Du svarade att personen äger dem. Det gäller enheter som organisationen har köpt.
guide-must-not-erase = Du svarade att de inte får raderas. Det börjar med en raderad enhet, och finns inte än.
guide-not-there-yet = Tillsyn kan inte det här än.
guide-push-good = Pushcertifikatet gäller till { $a }
guide-push-missing = Det finns inget giltigt pushcertifikat.
guide-address-good = Serverns certifikat passar den offentliga adressen
guide-address-unknown = Här finns inget känt certifikat som passar den offentliga adressen. Bakom en proxy: pröva adressen med en enhet.
guide-mail-good = E-postservern är inställd
guide-mail-missing = Det finns ingen e-postserver.
guide-own-good = Minst en organisationsenhet tillåter det
guide-own-off = Ingen organisationsenhet tillåter det än.
guide-policy = Dagar, PIN-kod och villkor är som reglerna säger.

nav-all-settings = Alla inställningar
areas-intro = Varje område och hur det står till. Det din roll inte får se finns inte här.
first-show = Visa de första stegen igen
area-organisation = Organisation och organisationsenheter
area-branding = Utseende
area-units = { $n ->
    [one] { $n } organisationsenhet
   *[other] { $n } organisationsenheter
}
area-units-named = { $n ->
    [one] { $n } organisationsenhet; personer ser den som { $a }
   *[other] { $n } organisationsenheter; personer ser dem som { $a }
}
area-people = Personer och kataloger
area-directories = { $n ->
    [0] Ingen katalog
    [one] { $n } katalog, allt i ordning
   *[other] { $n } kataloger, allt i ordning
}
area-directories-ill = { $n ->
    [one] { $n } katalog kan inte läsas
   *[other] { $n } kataloger kan inte läsas
}
area-directories-held = { $n ->
    [one] { $n } ändring från en katalog väntar på någon
   *[other] { $n } ändringar från kataloger väntar på någon
}
area-sign-in = Inloggning och roller
area-sign-in-own = Vägar in för administratörer och program
area-second-steps = { $n ->
    [one] Den enda administratören har ett andra steg
   *[other] Alla { $n } administratörer har ett andra steg
}
area-without-second-step = { $n } av { $all } administratörer utan ett andra steg
area-ends = Går ut { $a }
area-authorities = Certifikatutfärdare
area-certificates = Enhetscertifikat
area-first-ends = Den första går ut { $a }
area-enrollment = Registrering och inbjudningar
area-own-devices-on = I minst en organisationsenhet får personer ta in enheter själva
area-own-devices-off = Enheter kommer bara in genom inbjudan
area-mail-webhooks = E-post och webhookar
area-mail = E-post går genom { $a }
area-webhooks = { $n ->
    [0] Ingen webhook
    [one] { $n } webhook
   *[other] { $n } webhookar
}
area-guard = Väntetid { $n } minuter, en andra person från { $from } enheter
area-audit-settings = Lagringstid och undantag
area-audit = { $n ->
    [one] Händelser sparas i { $n } dag
   *[other] Händelser sparas i { $n } dagar
}
area-inventory = { $n ->
    [one] Enheter tillfrågas varje timme
   *[other] Enheter tillfrågas var { $n }:e timme
}
area-inventory-off = Enheter tillfrågas bara när någon vill det
area-backup-title = Säkerhetskopia
area-backup = Bekräftad { $a } av { $who }
area-backup-none = Ingen har bekräftat någon säkerhetskopia än
area-server = Lyssnare och server
server-intro = Det som den här noden startades med. Det ändras i konfigurationsfilen, inte här.
server-help = Alla nycklar
server-listeners = Lyssnare
server-listeners-none = Noden startades av ett program som inte berättar om sina lyssnare.
server-serves-all = Enheter, personer och konsolen
server-serves-public = Enheter och personer
server-serves-admin = Konsol och API
server-proof-signature = Enheter signerar varje meddelande
server-proof-mtls = Enheter visar ett TLS-certifikat
server-proof-header = En proxy lämnar enheternas certifikat vidare i { $a }
server-tls-off = Ingen TLS här: en proxy sköter den, eller så är det den egna datorn
server-tls-unreadable = { $a } kan inte läsas; det tidigare certifikatet visas fortfarande
server-tls-unfit = Certifikatet passar inte adressen, eller gäller inte nu. Det går ut { $a }
server-tls-until = TLS-certifikatet gäller till { $a }
server-subject = Ägare
server-issuer = Utfärdare
server-names = Namn
server-settings = Konfiguration
server-settings-sub = Utan hemligheter
server-settings-none = Inget skiljer sig från det som programmet har med sig.
server-key = Nyckel
server-value = Värde
server-public = Offentlig adress
server-console = Konsolens adress
server-engine = Databas
server-node = Den här noden
server-version = Version
backup-intro = ”tillsyn backup FIL” på servern skriver hela databasen till en förseglad fil medan allt går vidare, och ”tillsyn restore FIL” läser in den i en tom databas. Det här hör ihop:
backup-help = Hela handledningen
backup-what = Det som hör ihop
backup-database = **Databasen**: enheter, personer, profiler, händelseloggen, certifikat med sina förseglade nycklar.
backup-key = **Huvudnyckeln**: utan den är databasen värdelös; båda tillsammans är allt. Förvara den för sig.
backup-configuration = **Konfigurationen** och filerna som den nämner: TLS-certifikat och nyckel, rötter.
backup-how = Så görs en
backup-how-text = Servern kan gå vidare under tiden. Det är likadant för SQLite och PostgreSQL.
backup-try = Så prövas den
backup-try-text = På en tom dator utan nätverk: en återläst kopia som går bredvid servern talar med samma enheter.
backup-last = Senast sedd
backup-confirmed = Bekräftad av { $a }
backup-not-seen = Servern vet när en säkerhetskopia gjordes, men inte om filen finns kvar och går att återläsa. Det som någon bekräftar här sparas i händelseloggen.
authorities-intro = Det som den här installationen signerar med. Nycklarna lämnar aldrig databasen, där de är förseglade med huvudnyckeln.
authorities-ours = Våra utfärdare
authorities-none = Utfärdare hör till hela organisationen; ditt konto når en del av den.
authority-use = Används för
authority-algorithm = Nyckel
authority-until = Går ut
authority-issued = Utfärdade
authority-not-counted = Räknas inte
authority-devices = Enheters identiteter
authority-networks = Nätverk och e-post
authority-signing-root = Rot för det som signerar profiler
authority-profiles = Signerar profiler
authority-scep = Certifikatbegäran med SCEP
authority-audit = Signerar händelseloggen
server-settings-region = Tabell över konfigurationen
authorities-region = Tabell över utfärdarna
