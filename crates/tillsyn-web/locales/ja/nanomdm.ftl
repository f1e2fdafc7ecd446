activity-wake = が起こしました：
