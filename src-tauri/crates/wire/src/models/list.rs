use super::listing::{Listing, ListingKind};
use super::ollama;
use super::row::ModelRow;
use super::server::Server;
use crate::error::Error;
use crate::transport::{Endpoint, Pools};

/// Asks for the list of `listing`.
pub(crate) async fn list(
    pools: &Pools,
    endpoint: &Endpoint,
    listing: &Listing,
) -> Result<Vec<ModelRow>, Error> {
    let server = Server { pools, endpoint };
    let own = server.under_base(endpoint.dialect.models_path());
    let named = |at: &dyn Fn(&str) -> String| match listing.path.as_str() {
        "" => own.clone(),
        path => at(path),
    };
    match listing.kind {
        ListingKind::OpenAi => server.models(&named(&|path| server.under_base(path))).await,
        ListingKind::Ollama => {
            let rows = server
                .models(&named(&|path| server.under_base(path)))
                .await?;
            Ok(ollama::show(server, rows).await)
        }
        ListingKind::LmStudio => {
            match server.models(&named(&|path| server.under_root(path))).await {
                // Old versions have only the usual list, and answer an address
                // that they do not know with status 200 and an error.
                Err(error) if is_elsewhere(&error) => server.models(&own).await,
                listed => listed,
            }
        }
    }
}

fn is_elsewhere(error: &Error) -> bool {
    let nothing = matches!(
        error,
        Error::NotAnApi { .. } | Error::Provider(_) | Error::BadAnswer { .. }
    );
    nothing && !error.is_of_the_key()
}
