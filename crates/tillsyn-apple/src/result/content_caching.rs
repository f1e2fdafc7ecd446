//! The state of a content cache.
// Apple schema mdm/commands/information.contentcaching.yaml

use std::collections::BTreeMap;

use plist::{Date, Dictionary};

use crate::fields::{answer, dictionary};

answer! {
    pub struct ContentCachingInformationResult {
        status: Option<ContentCaching> = "StatusResponse",
    }
}

dictionary! {
    #[derive(Default)]
    pub struct ContentCaching {
        activated: Option<bool> = "Activated",
        active: Option<bool> = "Active",
        /// Bytes, as the sizes below.
        actual_cache_used: Option<i64> = "ActualCacheUsed",
        alerts_for_peer_filter_ranges: Option<BTreeMap<String, CacheAlert>> =
            "AlertsForPeerFilterRanges",
        alerts: Option<Vec<CacheAlert>> = "Alerts",
        cache_details: Option<BTreeMap<String, i64>> = "CacheDetails",
        cache_free: Option<i64> = "CacheFree",
        cache_limit: Option<i64> = "CacheLimit",
        cache_status: Option<String> = "CacheStatus",
        cache_used: Option<i64> = "CacheUsed",
        data_migration_completed: Option<bool> = "DataMigrationCompleted",
        data_migration_error: Option<DataMigrationError> = "DataMigrationError",
        data_migration_progress: Option<f64> = "DataMigrationProgress",
        max_cache_pressure_last_hour: Option<f64> = "MaxCachePressureLast1Hour",
        parents: Option<Vec<CacheNeighbour>> = "Parents",
        peers: Option<Vec<CacheNeighbour>> = "Peers",
        personal_cache_free: Option<i64> = "PersonalCacheFree",
        personal_cache_limit: Option<i64> = "PersonalCacheLimit",
        personal_cache_used: Option<i64> = "PersonalCacheUsed",
        port: Option<i64> = "Port",
        private_addresses: Option<Vec<String>> = "PrivateAddresses",
        public_address: Option<String> = "PublicAddress",
        registration_error: Option<String> = "RegistrationError",
        registration_response_code: Option<i64> = "RegistrationResponseCode",
        registration_started: Option<Date> = "RegistrationStarted",
        /// -1 failed, 0 pending, 1 registered.
        registration_status: Option<i64> = "RegistrationStatus",
        restricted_media: Option<bool> = "RestrictedMedia",
        server_guid: Option<String> = "ServerGUID",
        startup_status: Option<String> = "StartupStatus",
        tetherator_status: Option<i64> = "TetheratorStatus",
        total_bytes_are_since: Option<Date> = "TotalBytesAreSince",
        total_bytes_dropped: Option<i64> = "TotalBytesDropped",
        total_bytes_imported: Option<i64> = "TotalBytesImported",
        total_bytes_returned_to_children: Option<i64> = "TotalBytesReturnedToChildren",
        total_bytes_returned_to_clients: Option<i64> = "TotalBytesReturnedToClients",
        total_bytes_returned_to_peers: Option<i64> = "TotalBytesReturnedToPeers",
        total_bytes_stored_from_origin: Option<i64> = "TotalBytesStoredFromOrigin",
        total_bytes_stored_from_parents: Option<i64> = "TotalBytesStoredFromParents",
        total_bytes_stored_from_peers: Option<i64> = "TotalBytesStoredFromPeers",
    }
}

dictionary! {
    /// Which of the keys are there depends on the class.
    #[derive(Eq, Default)]
    pub struct CacheAlert {
        class_name: Option<String> = "className",
        post_date: Option<Date> = "postDate",
        cache_limit: Option<i64> = "cacheLimit",
        reserved_volume_space: Option<i64> = "reservedVolumeSpace",
        resource: Option<String> = "resource",
        path_preventing_access: Option<String> = "pathPreventingAccess",
        peer_filter_range_index: Option<i64> = "peerFilterRangeIndex",
        addresses: Option<Vec<String>> = "addresses",
        peer_address: Option<String> = "peerAddress",
    }
}

dictionary! {
    pub struct DataMigrationError {
        domain: Option<String> = "domain",
        code: Option<i64> = "code",
        user_info: Option<Dictionary> = "userInfo",
    }
}

dictionary! {
    /// A parent or a peer; `friendly` of peers only.
    #[derive(Eq, Default)]
    pub struct CacheNeighbour {
        address: Option<String> = "address",
        alert: Option<CacheAlert> = "alert",
        details: Option<CacheNeighbourDetails> = "details",
        friendly: Option<bool> = "friendly",
        guid: Option<String> = "guid",
        healthy: Option<bool> = "healthy",
        port: Option<i64> = "port",
        version: Option<String> = "version",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct CacheNeighbourDetails {
        ac_power: Option<bool> = "ac-power",
        cache_size: Option<i64> = "cache-size",
        capabilities: Option<BTreeMap<String, bool>> = "capabilities",
        is_portable: Option<bool> = "is-portable",
        local_network: Option<CacheLocalNetwork> = "local-network",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct CacheLocalNetwork {
        speed: Option<i64> = "speed",
        wired: Option<bool> = "wired",
    }
}
