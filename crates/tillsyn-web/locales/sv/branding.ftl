# Hur enheter visar sig.

brand-contact = Hjälp
brand-mail = E-post
brand-phone = Telefon
brand-hours = Öppettider
brand-help = Hjälpsidor hos { $a }
activity-unit-branding = ändrade hur en enhet visar sig
branding-title = Utseende för { $a }
branding-link = Namn, märke, färger, kontakter och villkor
branding-intro = Det här ser människor på registreringssidor, i portalen och i mejl. Det du lämnar tomt kommer från närmaste enhet ovanför, till sist från organisationen.
branding-not-saved = Inget sparades.
branding-looks = Namn och utseende
branding-name = Organisationens namn
branding-holds = Gäller här: { $a }
branding-accent-light = Accentfärg på ljusa sidor
branding-accent-dark = Accentfärg på mörka sidor
branding-accent-ours = Gäller här: vår egen petrolblå. Skriv en färg som #0a5c8f; bokstäver i den måste ha kontrasten 4,5:1 överallt.
branding-accent-holds = Gäller här: { $colour }, med kontrasten { $contrast }:1 där den är lägst.
branding-mark = Märke
branding-mark-hint = PNG eller JPEG, högst 256 KiB, 16 till 1024 bildpunkter per sida. Platser och kameror i filen sparas inte.
branding-mark-remove = Ta bort enhetens eget märke
branding-contacts = Vem människor frågar
branding-text = Kontakt med egna ord
branding-text-hint = Till exempel: IT-support, huvudbiblioteket plan 2
branding-hours-hint = Till exempel: vardagar 8–17
branding-help-url = Era egna hjälpsidor
branding-help-hint = En adress som börjar med https://
branding-terms = Villkor
branding-terms-hint = Människor godkänner dem innan de registrerar en enhet. Vanlig text; en tom rad skiljer stycken. Varje version sparas, så att ett samtycke alltid pekar på det som godkändes. Saknas ett språk visas organisationens språk.
branding-terms-own = Enhetens egna villkor gäller här, på { $n ->
    [one] ett språk
   *[other] { $n } språk
}.
branding-terms-above = Villkor från en enhet ovanför gäller här, på { $n ->
    [one] ett språk
   *[other] { $n } språk
}.
branding-terms-none = Inga villkor gäller här: ingen ombeds godkänna något.
branding-preview = Det här ser människor
branding-preview-text = Som det är sparat, på ljusa och mörka sidor.
branding-preview-line = Så här ser en textrad ut med
branding-preview-link = en länk
branding-preview-act = En knapp
branding-colour-odd = Skriv en färg som # och sex tecken 0–9 eller a–f, till exempel #0a5c8f.
branding-colour-contrast = Färgens kontrast är { $contrast }:1; 4,5:1 behövs för att den ska gå att läsa. Närmaste färg som duger är { $nearest }.
branding-phone-odd = Skriv ett telefonnummer med bara siffror, blanksteg och + - ( ) / .
branding-help-odd = Skriv en adress som börjar med https:// och inte nämner någon användare.
branding-terms-long = Villkor har högst 20 000 tecken vanlig text.
branding-mark-large = Bilden är större än 256 KiB.
branding-mark-type = Det här är ingen hel PNG- eller JPEG-bild. SVG tas inte emot, för det kan bära skript.
branding-mark-side = Bildens sidor ska ha 16 till 1024 bildpunkter.
