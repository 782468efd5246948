extension Finding {
  /// The same for each object that it is about, so that each can be told with what mends it.
  var eachObject: [Finding] {
    switch self {
    case .schema(let finding): finding.eachObject.map { .schema($0) }
    case .hazard(let finding): finding.eachObject.map { .hazard($0) }
    case .databases(.rowSecurity(let relations)): relations.map { .databases(.rowSecurity([$0])) }
    case .staging(.surplus(let found)): found.map { .staging(.surplus([$0])) }
    default: [self]
    }
  }
}

extension SchemaFinding {
  fileprivate var eachObject: [SchemaFinding] {
    switch self {
    case .missing(let relations): relations.map { .missing([$0]) }
    case .hypertablesDiffer(let differences): differences.map { .hypertablesDiffer([$0]) }
    case .aggregatesDiffer(let differences): differences.map { .aggregatesDiffer([$0]) }
    case .unlogged(let side, let relations): relations.map { .unlogged(side, [$0]) }
    case .emptyTarget: [self]
    }
  }
}

extension HazardFinding {
  fileprivate var eachObject: [HazardFinding] {
    switch self {
    case .publishedDeletes(let found): found.map { .publishedDeletes([$0]) }
    case .firingTriggers(let found, let privilege): found.map { .firingTriggers([$0], lacking: privilege) }
    case .triggersEnabledOnChunks(let found): found.map { .triggersEnabledOnChunks([$0]) }
    case .undisabledTriggers(let found): found.map { .undisabledTriggers([$0]) }
    case .foreignFunctions(let found, let role): found.map { .foreignFunctions([$0], role: role) }
    case .retentionJobs(let jobs): jobs.map { .retentionJobs([$0]) }
    case .loggedInvalidations(let found, let role): found.map { .loggedInvalidations([$0], role: role) }
    case .foreignKeys(let keys): keys.map { .foreignKeys([$0]) }
    case .referencingKeys(let keys): keys.map { .referencingKeys([$0]) }
    case .scheduledJobs: [self]
    }
  }
}
