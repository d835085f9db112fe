//! The template of a path, for the request log: what was asked, without whom it was asked about.

/// `/companies/{companyId}/connections/{connectionId}/data/banking-accounts` and the like.
pub(crate) fn template(segments: &[String]) -> String {
    let mut out = String::new();
    let mut before = "";
    for (index, segment) in segments.iter().enumerate() {
        let named = match before {
            _ if index == 0 => None,
            "companies" => Some("{companyId}"),
            "connections" => Some("{connectionId}"),
            "integrations" => Some("{platformKey}"),
            "history" | "sync" => Some("{datasetId}"),
            "queue" => Some("{dataType}"),
            "products" => Some("{productIdentifier}"),
            "custom" => Some("{customDataIdentifier}"),
            "apiKeys" => Some("{apiKeyId}"),
            "banking-accounts" => Some("{accountId}"),
            "banking-transactions" => Some("{transactionId}"),
            "banking-transactionCategories" => Some("{transactionCategoryId}"),
            _ => None,
        };
        out.push('/');
        out.push_str(named.unwrap_or(segment));
        before = segment;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_named_and_words_stay() {
        for (path, wanted) in [
            ("companies", "/companies"),
            ("companies/1/connections/2", "/companies/{companyId}/connections/{connectionId}"),
            ("companies/1/data/queue/banking-accounts", "/companies/{companyId}/data/queue/{dataType}"),
            ("companies/1/data/history", "/companies/{companyId}/data/history"),
            ("companies/1/data/history/9", "/companies/{companyId}/data/history/{datasetId}"),
            (
                "companies/1/connections/2/data/banking-transactions",
                "/companies/{companyId}/connections/{connectionId}/data/banking-transactions",
            ),
            ("integrations/natwest_uk/branding", "/integrations/{platformKey}/branding"),
        ] {
            let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
            assert_eq!(template(&segments), wanted);
        }
    }
}
