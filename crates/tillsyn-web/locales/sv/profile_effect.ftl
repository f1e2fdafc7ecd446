profile-effect = Effekt
profile-effect-waiting = Räknar enheterna …
profile-effect-open = Räkna ut vad utkastet gör
profile-effect-computed = Beräknad nyss
profile-effect-none = Ingen enhet får, ändrar eller förlorar något genom utkastet.
profile-effect-no-draft = Det finns inget utkast: inget skulle ändras.
profile-effect-changes = Vad som händer
profile-effect-whole = { $n ->
    [one] Profilen byts ut i sin helhet på { $n } enhet: det den ställer in är borta några sekunder.
   *[other] Profilen byts ut i sin helhet på { $n } enheter: det den ställer in är borta några sekunder.
}
profile-effect-unseen = { $n ->
    [one] { $n } enhet har inte synts på länge; den ändras när den hör av sig.
   *[other] { $n } enheter har inte synts på länge; de ändras när de hör av sig.
}
profile-effect-partial = { $n ->
    [one] Bara den första enheten av { $n } undersöktes; planen undersöker alla.
   *[other] Bara de första { $n } enheterna undersöktes; planen undersöker alla.
}
