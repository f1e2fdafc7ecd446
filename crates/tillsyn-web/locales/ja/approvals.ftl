# ガードの記録。人の名前が前に付きます。
activity-guard-budget = 消去と管理終了の上限に到達。別の担当者の承認待ち
activity-guard-change = ガードの数値を変更
activity-guard-stop = 破壊的な操作をすべて停止
activity-guard-withdraw = 停止後に破壊的なコマンドを取り下げ
activity-guard-unfreeze = 凍結を解除
activity-approval-asked = 別の担当者の承認を依頼
activity-approval-approved = 依頼を承認
activity-approval-declined = 依頼を却下
activity-approval-cancelled = 依頼を取り下げ
activity-approval-lapsed = 依頼が回答なしで失効
activity-approval-overtaken = 変更により依頼が無効に
activity-campaign-asked = キャンペーンを依頼
activity-campaign-begun = キャンペーンを承認
activity-campaign-ended = キャンペーンが終了
