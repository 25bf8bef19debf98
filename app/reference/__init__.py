"""What programs can call over REST, as pages: the OpenAPI document in words, by resource, with an example of each call."""
