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
report-itself = { $a }, directly
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
report-region = { $a }, table
report-none-text = Reports count devices. Enroll the first.
report = Report
report-mail = By mail
report-mail-all = All reports by mail
report-mail-text = This report with these filters, counted anew each time. It counts what you reach when it is sent.
report-rhythm = How often
report-daily = Every day
report-weekly = Every week
report-monthly = Every month
report-weekday = Weekday, if weekly
report-month-day = Day, if monthly
report-hour = Time
report-to = To
report-to-me = Me
report-schedule = Send by mail
report-schedules = Reports by mail
report-schedules-none = You have no report sent by mail. Open a report to schedule it.
report-schedules-region = Reports by mail, table
report-when = When
report-last = Last sent
report-acts = Change
report-next = Next
report-paused = Paused
report-pause = Pause
report-resume = Resume
report-send = Send now
report-remove = Remove
report-one-unit = one org unit
report-times-daily = Every day at { $a }
report-times-weekly = { $day } at { $time }
report-times-monthly = Day { $day } of each month at { $time }
report-failure-owner = Its owner cannot sign in any more.
report-failure-right = Its owner lacks a right for it.
report-failure-unit = Its org unit is gone or beyond its owner’s reach.
report-failure-server = There is no mail server: nothing is sent.
report-failure-nobody = Nobody is left to send it to.
report-mail-intro = Devices of { $organisation }, counted { $time }.
report-mail-filter = Only: { $a }
report-mail-open = Open the report
report-mail-own = You asked for this report. Pause or remove it under Reports in the console.
report-mail-owner = { $a } has this report sent to you. Ask them to stop it.
weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday
activity-report-scheduled = has a report sent by mail
activity-report-paused = paused a report by mail
activity-report-resumed = resumed a report by mail
activity-report-removed = ended a report by mail
activity-report-asked = asked for a report by mail at once
activity-report-sent = sent a report by mail
activity-report-failed = could not send a report by mail
attempts-failed-today = Failed in 24 hours
trend-span = { $n } days
trend-note = { $enrolled } enrolled, { $ended } ended in { $n } days
trend-text = Between { $least } and { $most } devices in { $n } days.
expiry-over = Expired
expiry-push = Apple push certificate
expiry-token = API token
expiry-token-effect = The program that uses it stops working.
expiry-token-act = Show tokens
expiry-days = { $n ->
    [one] 1 day
   *[other] { $n } days
  }
expiry-push-effect = { $n ->
    [one] 1 device stops answering.
   *[other] { $n } devices stop answering.
  }
trend = Enrolled devices
trend-table = Show as table
trend-region = Enrolled devices per day, table
trend-day = Day
trend-enrolled = Enrolled
trend-ended = Ended
expiry = Certificates and tokens
expiry-sub = Next 90 days
expiry-none = Nothing expires in the next 90 days.
expiry-region = Certificates and tokens that expire, table
expiry-what = What
expiry-then = If it lapses
expiry-act = Act
