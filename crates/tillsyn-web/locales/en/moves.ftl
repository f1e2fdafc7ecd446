move-devices-title = { $n ->
    [one] Move { $n } device
   *[other] Move { $n } devices
}
move-people-title = { $n ->
    [one] Move { $n } person
   *[other] Move { $n } people
}
move-people-more = { $n ->
    [one] 1 more person is not shown.
   *[other] { $n } more people are not shown.
}
move-devices-intro = First you see what changes on each device. Nothing moves before you apply the plan.
move-people-intro = Their groups and invitations stay as they are. Without their devices, nothing changes on any device.
move-to = Move to
move-with-devices = Their devices go with them: { $a }
move-with-devices-hint = You see first what changes on each device. A device in a unit that you do not manage stays there.
move-look = See what changes
move-act = Move
move-choose = Move…
move-none = Nothing is chosen. Tick rows in the list first.
move-back = Back to the list
move-people-form = With the chosen people
plan-move-people = { $n ->
    [one] Move { $n } person to { $unit }
   *[other] Move { $n } people to { $unit }
}
activity-person-moved = moved people to another org unit
problem-move-many = At most 1,000 at a time.
