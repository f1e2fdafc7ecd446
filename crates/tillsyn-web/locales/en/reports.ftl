nav-reports = Reports
reports-intro = How many devices there are of each kind. Every number leads to its devices.
reports-devices = Devices
report-os = Operating systems
report-os-text = Devices by platform and version of the operating system.
report-status = Status
report-status-text = Devices by status: active, not seen, retired.
report-ownership = Owner
report-ownership-text = Devices of the organisation and personal ones.
report-unit = Org units
report-unit-text = Devices of each org unit, with all that is below it.
report-model = Models
report-model-text = Devices by model, the most frequent first.
report-age = Age
report-age-text = Devices by the time since they were enrolled.
report-contact = Last contact
report-contact-text = Devices by the time since they were last heard of.
report-column-model = Model
report-enrolled = Enrolled
report-heard = Heard of
report-unit-itself = Directly in
report-itself = { $value }, directly
report-days-within = { $n ->
    [one] within a day
   *[other] within { $n } days
  }
report-days-between = { $from } to { $to } days ago
report-days-over = { $n ->
    [one] more than a day ago
   *[other] more than { $n } days ago
  }
report-days-never = never
report-csv = CSV
report-chart = Devices
report-counted = Counted
report-share = Share
report-others = All others
report-total = In all
report-region = { $value }, table
report-none-text = Reports count devices. Enroll the first.
