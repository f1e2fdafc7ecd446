# Lists: columns, filters, files.
model = Model
enrolled-at = Enrolled
export-csv = Export CSV
density-compact = Low rows
columns-choose = Choose columns
columns-hint = The device itself always comes first.
columns-show = Show these
columns-usual = The usual columns
column-earlier = Earlier
filter-more = With counts, versions and models
filters-title = Narrow the list
filters-intro = Each number says how many devices have this value and pass the other filters.
filter-seen-hours = { $n ->
    [one] within 1 hour
   *[other] within { $n } hours
}
filter-seen-days = { $n ->
    [one] within 1 day
   *[other] within { $n } days
}
filter-seen-over = { $n ->
    [one] not for more than 1 day
   *[other] not for more than { $n } days
}
activity-list-export = took out a list as a file
activity-view-made = saved a view of devices
activity-view-changed = changed a saved view of devices
activity-view-removed = removed a saved view of devices
request-type = Type
asked-at = Asked
views-title = Saved views
views-intro = A view is this list with its filters, order and columns, under a name.
views-all = Yours and those shared with you
views-none = No view is saved yet.
views-many = You have as many views as can be kept. Remove one first.
view-team = Shared
view-begins = Your list begins here
view-begin = Begin my list with it
view-begin-all = Begin with all devices again
view-change = Change
view-keep = Keep the changes
view-save = Save view
view-save-title = Save a view
view-save-how = Narrow the list of devices, then save it.
view-save-what = The list that you came from
view-query-long = This list has too many filters to be saved.
view-audience = Who sees it
view-audience-me = Me
view-audience-team = Everybody in my unit and below
bulk-title = Chosen devices
bulk-none = Nothing is chosen yet. Tick devices; “Choose the ticked” keeps them while you page and filter.
bulk-not-kept = This could not be kept. Press “Choose the ticked” to try again.
bulk-chosen = { $n ->
    [one] 1 device chosen
   *[other] { $n } devices chosen
}
bulk-all = { $n ->
    [one] Choose the 1 device
   *[other] Choose all { $n }
}
bulk-too-many = { $n } at most can be chosen. Narrow the list to choose all.
bulk-keep = Choose the ticked
bulk-clear = Clear
bulk-platform = { $n } { $platform }
bulk-corporate = all the organisation’s
bulk-personal = all personal
bulk-some-personal = { $n } personal
bulk-seen = { $n } seen in the last hour
bulk-cannot-erase = { $n } of { $all } cannot be erased. { $why }
bulk-cannot-retire = { $n } of { $all } cannot be retired. { $why }
bulk-cannot-lock = { $n } of { $all } cannot be locked. { $why }
many-more = { $n ->
    [one] 1 more is not shown.
   *[other] { $n } more are not shown.
}
many-leave-out = Leave these out
many-leave-out-text = Go on without those that cannot.
message-selection-full = A selection holds at most 1,000 devices. Nothing was chosen.
message-asked-several = They are asked to tell their state. Those that cannot answer are left out
message-none-can = None of the chosen devices can answer
message-withdrawn-several = Withdrawn. No device gets them
causes-title = What waits, by cause
causes-region = Causes, scrolls sideways
causes-failed = Failed within 24 hours
causes-withdraw = Withdraw…
causes-withdraw-title = { $n ->
    [one] Withdraw 1 command?
   *[other] Withdraw { $n } commands?
}
causes-withdraw-what = What is withdrawn
causes-withdraw-then = No device gets them. What a device fetches meanwhile goes on. Commands asked for from now on are not meant.
causes-withdraw-most = One press withdraws { $n }; press again for the others.
causes-withdraw-none = Nothing waits for this any more.
cause-oldest = Oldest
cause-devices = { $n ->
    [one] 1 device
   *[other] { $n } devices
}
cause-hold = On their hold. They go by themselves when it ends.
cause-unreachable = The device cannot be reached: its push token is dead. It goes when the device comes by itself.
cause-silent = The device is silent although pushes are accepted: most likely switched off or without network.
around-title = In the list
around-previous = Previous device in the list
around-next = Next device in the list
job-words = { $done } of { $all } done{ $failed ->
    [0] {""}
   *[other] , { $failed } of them failed
}
job-speed = { $n } in the last ten minutes
job-stop = Withdraw what waits…
job-stop-leaves = What devices have already fetched goes on, and what they have done stays.
job-withdraw = Everything of this act that no device has fetched yet.
job-part-of = Part of one act on
