/// What `copy` and `verify` are given.
public struct WorkRequest: Sendable {
  public var endpoints: Endpoints
  public var options: WorkOptions
  public var identity: RunIdentity

  public init(
    endpoints: Endpoints, options: WorkOptions = WorkOptions(), identity: RunIdentity = RunIdentity()
  ) {
    self.endpoints = endpoints
    self.options = options
    self.identity = identity
  }
}
