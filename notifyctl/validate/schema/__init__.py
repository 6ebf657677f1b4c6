"""What Kubernetes and compose take: their packed schemas, and a walker that knows places."""
