# How units present themselves.

brand-contact = Help
brand-mail = Mail
brand-phone = Telephone
brand-hours = Hours
brand-help = Help pages of { $a }
activity-unit-branding = changed how a unit presents itself
branding-title = Branding of { $a }
branding-link = Name, mark, colours, contacts and terms
branding-intro = What people see on enrollment pages, in the portal and in mails. What you leave empty comes from the nearest unit above, at last from the organisation.
branding-not-saved = Nothing was saved.
branding-looks = Name and looks
branding-name = Name of the organisation
branding-holds = In effect here: { $a }
branding-accent-light = Accent on light pages
branding-accent-dark = Accent on dark pages
branding-accent-ours = In effect here: our own petrol. Type a colour such as #0a5c8f; letters in it must have a contrast of 4.5:1 everywhere.
branding-accent-holds = In effect here: { $colour }, with a contrast of { $contrast }:1 where it is lowest.
branding-mark = Mark
branding-mark-hint = PNG or JPEG, at most 256 KiB, 16 to 1024 pixels a side. Places and cameras in the file are not kept.
branding-mark-remove = Take this unit’s own mark away
branding-contacts = Whom people ask
branding-text = Contact in your words
branding-text-hint = Such as: IT support, main library, floor 2
branding-hours-hint = Such as: weekdays 8–17
branding-help-url = Your own help pages
branding-help-hint = An address that begins with https://
branding-terms = Terms
branding-terms-hint = People agree to these before they enroll a device. Plain text; an empty line parts paragraphs. Every version is kept, so that a consent always names what was agreed to. A language that is missing shows the organisation’s language.
branding-terms-own = This unit’s own terms hold here, in { $n ->
    [one] one language
   *[other] { $n } languages
}.
branding-terms-above = Terms of a unit above hold here, in { $n ->
    [one] one language
   *[other] { $n } languages
}.
branding-terms-none = No terms hold here: nobody is asked to agree.
branding-preview = What people see
branding-preview-text = As saved, on light and on dark pages.
branding-preview-line = This is how a line of text with
branding-preview-link = a link
branding-preview-act = A button
branding-colour-odd = Type a colour as # and six digits 0–9 or a–f, such as #0a5c8f.
branding-colour-contrast = The contrast of this colour is { $contrast }:1; 4.5:1 is needed to be readable. The nearest colour that would do is { $nearest }.
branding-phone-odd = Type a telephone number of digits, spaces and + - ( ) / . alone.
branding-help-odd = Type an address that begins with https:// and names no user.
branding-terms-long = Terms have at most 20,000 characters of plain text.
branding-mark-large = The picture is larger than 256 KiB.
branding-mark-type = This is not a whole PNG or JPEG picture. SVG is not taken, because it can carry script.
branding-mark-side = Each side of the picture must have 16 to 1024 pixels.
