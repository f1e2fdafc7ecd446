profile-effect = Effect
profile-effect-waiting = Counting the devices …
profile-effect-open = Compute what the draft does
profile-effect-computed = Computed just now
profile-effect-none = No device gets, changes or loses anything by this draft.
profile-effect-no-draft = There is no draft: nothing would change.
profile-effect-changes = What happens
profile-effect-whole = { $n ->
    [one] The profile is replaced as a whole on { $n } device: what it sets up is away for some seconds.
   *[other] The profile is replaced as a whole on { $n } devices: what it sets up is away for some seconds.
}
profile-effect-unseen = { $n ->
    [one] { $n } device has not been seen for long; it changes when it comes.
   *[other] { $n } devices have not been seen for long; they change when they come.
}
profile-effect-partial = { $n ->
    [one] Only the first { $n } device was looked at; the plan looks at all.
   *[other] Only the first { $n } devices were looked at; the plan looks at all.
}
