//! The API, by its own description.

use std::collections::HashMap;

use serde_json::json;
use tillsyn_core::Permission;
use tillsyn_testkit::{Api, TestApp};

use super::{Walker, address};

struct Operation {
    method: String,
    path: String,
    /// Any of them is enough; none needs a token only.
    needs: Vec<Permission>,
}

async fn operations(app: &TestApp) -> Vec<Operation> {
    let document = Api::new(app.url(), None)
        .get("/api/openapi.json")
        .await
        .expect(200);
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let declared = operation["x-permission"].as_array();
            let names = declared.unwrap_or_else(|| panic!("{method} {path} declares nothing"));
            let needs = names
                .iter()
                .map(|name| Permission::parse(name.as_str().unwrap()).unwrap());
            operations.push(Operation {
                method: method.clone(),
                path: path.clone(),
                needs: needs.collect(),
            });
        }
    }
    assert!(operations.len() > 100, "{}", operations.len());
    operations
}

/// A body that no operation takes.
async fn send(api: &Api, method: &str, path: &str) -> u16 {
    let body = json!({"nonsense": 1});
    let answer = match method {
        "get" => api.get(path).await,
        "delete" => api.delete(path).await,
        "put" => api.put(path, &body).await,
        "patch" => api.patch(path, &body).await,
        _ => api.post(path, &body).await,
    };
    answer.status
}

pub(super) async fn walk(
    app: &TestApp,
    walkers: &[Walker],
    objects: &HashMap<&'static str, String>,
    step: usize,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let operations = operations(app).await;
    let nobody = Api::new(app.url(), None);
    for operation in &operations {
        let (path, _) = address(&operation.path, Some(objects));
        let status = send(&nobody, &operation.method, &path).await;
        if status != 401 {
            wrong.push(format!("nobody: {} {path}: {status}", operation.method));
        }
    }
    for (number, walker) in walkers.iter().enumerate() {
        let api = Api::new(app.url(), Some(walker.token.clone()));
        for operation in operations.iter().skip(number % step).step_by(step) {
            let held = operation.needs.is_empty()
                || operation.needs.iter().any(|p| walker.rights.holds(*p));
            // Within the scope nothing is to be removed on the way.
            let harmless = !walker.inside || operation.method != "delete";
            let (path, real) = address(&operation.path, harmless.then_some(objects));
            let status = send(&api, &operation.method, &path).await;
            let right = match (held, walker.inside) {
                (false, _) => status == 403,
                (true, false) if real => status == 404,
                (true, true) if real && operation.method == "get" => !matches!(status, 401 | 403),
                (true, _) => !matches!(status, 401 | 403) && status < 500,
            };
            if !right {
                let who = &walker.name;
                wrong.push(format!("{who}: {} {path}: {status}", operation.method));
            }
        }
    }
    wrong
}

/// Every operation that answers a token of somebody whom the API does not know with anything but 401.
pub(super) async fn refused(
    app: &TestApp,
    token: &str,
    objects: &HashMap<&'static str, String>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let api = Api::new(app.url(), Some(token.to_owned()));
    for operation in operations(app).await {
        let (path, _) = address(&operation.path, Some(objects));
        let status = send(&api, &operation.method, &path).await;
        if status != 401 {
            wrong.push(format!("own: {} {path}: {status}", operation.method));
        }
    }
    wrong
}
