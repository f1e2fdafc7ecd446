rollout-items = Profiles it is to have
rollout-items-sub = Desired, delivered, confirmed
rollout-items-none = No profile is assigned to this device.
rollout-items-region = Profiles the device is to have, scrolls sideways
rollout-check-now = Check now
rollout-desired = Desired
rollout-delivered = Delivered
rollout-confirmed = Confirmed
rollout-why = Why
rollout-why-none = Nothing brings it here any more
rollout-why-group = Group
rollout-why-person = Group of its person
rollout-why-unit = Org unit
rollout-why-device = Assigned to it directly
rollout-next = Next attempt
rollout-not-yet = Not yet
rollout-absent = Not at all
rollout-version = Version { $a }
rollout-fixed = fixed at version { $a }
rollout-drifts = { $n ->
    [one] The device changed it by itself { $n } time, last
   *[other] The device changed it by itself { $n } times, last
}
rollout-foreign = Other profiles on the device
rollout-foreign-none = Nothing else is on the device.
rollout-foreign-user = On a user’s channel
message-profiles-checked = The device is asked for its profiles
message-tried-again = The refused devices are tried again
message-comment-saved = The comment is kept
message-older-taken = The older version is the draft now. Look at what it does before you roll it out.
