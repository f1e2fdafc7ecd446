use super::{Fault, FaultProxy, messages};
use crate::{Device, EnrollBy, SimError};

/// Walks an unenrolled device into the fault. What it found stands in `device.violations()`; an
/// error on the way is what a real device would show, and says nothing about success.
///
/// `by` leads through the proxy and must serve more than one enrollment.
pub async fn provoke(
    proxy: &FaultProxy,
    fault: Fault,
    device: &mut Device,
    by: &EnrollBy,
) -> Result<(), SimError> {
    if fault == Fault::UpdateCommandTo27 {
        let config = device.config_mut();
        config.supervised = true;
        *config = config.clone().with_os("27.0", "24A300");
    }
    if needs_clean_enrollment(fault) {
        proxy.switch(None);
        proxy.announce_users(fault.needs_users());
        device.enroll(by).await?;
        device.take_violations();
        proxy.switch(Some(fault));
    } else {
        proxy.switch(Some(fault));
    }
    match fault {
        Fault::BootstrapTokenOfAnother | Fault::BootstrapTokenLost => {
            device
                .set_bootstrap_token(Some(b"a token of this device"))
                .await?;
            device.get_bootstrap_token().await.map(|_| ())
        }
        Fault::NoBootstrapTokenWith404 | Fault::BootstrapTokenWith401 => {
            device.get_bootstrap_token().await.map(|_| ())
        }
        Fault::GetTokenWith401 | Fault::GetTokenWithoutToken => {
            device.get_token("com.apple.maid").await.map(|_| ())
        }
        Fault::ReturnToServiceWith400 | Fault::ReturnToServiceWithoutWord => {
            device.ask_return_to_service().await.map(|_| ())
        }
        Fault::UserWithoutChallenge => {
            let logged_in = device.network_user_logs_in("nils", "Nils", "secret");
            logged_in.await.map(|_| ())
        }
        Fault::UserChannelTold401 | Fault::DeviceCommandToUser => {
            device.idle().await?;
            device.session_on(1).await.map(|_| ())
        }
        Fault::BadStatusTaken | Fault::UnknownDeclarationWith200 => {
            device.probe_declarative().await
        }
        fault if messages::is_declarative(fault) => device.synchronise_declarations(0).await,
        Fault::UsedNonceServed | Fault::OtherUrlServed => {
            let directory = device.acme_directory().unwrap_or_default();
            device.probe_acme(&directory).await
        }
        Fault::ReusedChallenge | Fault::ReusedIdentifier => {
            device.enroll(by).await?;
            device.person_erases_device();
            device.enroll(by).await
        }
        Fault::CommandBeforeTokenUpdate => {
            let EnrollBy::Invitation { server, code, pin } = by else {
                return Err(SimError::state("this fault needs an invitation"));
            };
            let attempt = device.take_invitation(server, code, pin.as_deref()).await?;
            let profile = device.download_profile(&attempt.profile_url).await?;
            device.accept_profile(&profile).await?;
            device.authenticate().await?;
            device.poll_while_pending().await
        }
        Fault::CommandAfterCheckOut => device.person_removes_profile().await,
        Fault::RedeliveryWithNewUuid | Fault::SecondCommandInFlight => {
            device.idle().await?;
            device.idle().await.map(|_| ())
        }
        Fault::DeferredCommandAgain => {
            device.config_mut().behaviours.not_now = 1_000;
            device.session().await.map(|_| ())
        }
        Fault::RepeatedResultWith400 => {
            device.config_mut().behaviours.lost_reply = 1_000;
            device.session().await.map(|_| ())
        }
        Fault::NeverEndingSession => {
            device.config_mut().behaviours.longest_session = 20;
            device.session().await.map(|_| ())
        }
        Fault::PinNotCompared | Fault::StrangerWith401 | Fault::StrangerToldToUnenroll => {
            device.probe_foreign_certificate().await
        }
        Fault::IdsNotCompared => device.probe_other_device().await,
        Fault::SignatureNotDemanded => device.probe_unsigned().await,
        Fault::SignatureNotVerified => device.probe_tampered().await,
        fault if needs_clean_enrollment(fault) => device.session().await.map(|_| ()),
        _ => device.enroll(by).await,
    }
}

/// Whether the fault shows only after the device is enrolled.
fn needs_clean_enrollment(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::UpdateChangesTopic
            | Fault::UpdateChangesServerUrl
            | Fault::UpdateChangesCheckInUrl
            | Fault::UpdateChangesCapabilities
            | Fault::RedirectCircle
            | Fault::RedirectToPlainHttp
            | Fault::CommandAfterCheckOut
            | Fault::PollWith401
            | Fault::PollWith404
            | Fault::EndWith204
            | Fault::EndWithEmptyPlist
            | Fault::CommandAsHtml
            | Fault::CommandCutOff
            | Fault::CommandWithoutRequestType
            | Fault::CommandWithoutUuid
            | Fault::RedeliveryWithNewUuid
            | Fault::SecondCommandInFlight
            | Fault::DeferredCommandAgain
            | Fault::FinishedCommandAgain
            | Fault::ResultWith409
            | Fault::RepeatedResultWith400
            | Fault::ResultWith401
            | Fault::NeverEndingSession
            | Fault::PinNotCompared
            | Fault::IdsNotCompared
            | Fault::SignatureNotDemanded
            | Fault::SignatureNotVerified
            | Fault::StrangerWith401
            | Fault::StrangerToldToUnenroll
            | Fault::BootstrapTokenOfAnother
            | Fault::BootstrapTokenLost
            | Fault::NoBootstrapTokenWith404
            | Fault::BootstrapTokenWith401
            | Fault::GetTokenWith401
            | Fault::GetTokenWithoutToken
            | Fault::ReturnToServiceWith400
            | Fault::ReturnToServiceWithoutWord
            | Fault::UserWithoutChallenge
            | Fault::UserChannelTold401
            | Fault::DeviceCommandToUser
            | Fault::CommandOfOtherPlatform
            | Fault::UpdateCommandTo27
            | Fault::UsedNonceServed
            | Fault::OtherUrlServed
    ) || messages::is_declarative(fault)
}
