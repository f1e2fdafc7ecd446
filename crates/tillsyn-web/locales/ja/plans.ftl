activity-assignment-made = がプロファイルを割り当て
activity-assignment-changed = が割り当てを変更
activity-assignment-removed = が割り当てを解除
activity-plan-made = が変更を計画
activity-plan-asked = が別の担当者に計画の承認を依頼
activity-plan-applied = が計画を実行
activity-plan-cancelled = が計画を取り下げ
activity-plan-overtaken = 別の変更により計画が無効
