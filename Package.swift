// swift-tools-version: 6.0
import PackageDescription

/// Strict in every room: existentials are spelled `any`, and an import is internal unless it says otherwise.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// For what the program is made of. It needs none of the regular expressions that come with every import of the standard
/// library, which are a tenth of the binary. Of functions that nobody calls, nothing is left; and of the directory where they
/// were compiled, the symbols say nothing, so that a commit gives the same bytes everywhere.
let lean =
  strict + [
    .unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"]),
    .unsafeFlags(
      [
        "-Xfrontend", "-function-sections", "-Xfrontend", "-no-clang-module-breadcrumbs", "-file-prefix-map",
        "\(Context.packageDirectory)=.",
      ],
      .when(configuration: .release)),
  ]

/// For all rooms above Postgres, which moves the rows: their code is most of the binary, and hardly any of a run's time.
let small =
  lean + [SwiftSetting.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// The commit that scripts/package builds from, which it tells here.
let commit =
  (Context.environment["BACKFILL_COMMIT"].map { [CSetting.define("BACKFILL_COMMIT", to: "\"\($0)\"")] } ?? [])
  + [.unsafeFlags(["-ffile-prefix-map=\(Context.packageDirectory)=."], .when(configuration: .release))]

let package = Package(
  name: "timescaledb-backfill",
  products: [
    // The same program under both of its names.
    .executable(name: "timescaledb-backfill", targets: ["backfill"]),
    .executable(name: "backfill", targets: ["backfill"]),
    .executable(name: "backfill-bench", targets: ["Benchmarks"]),
  ],
  targets: [
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CVersion", cSettings: commit),
    .target(name: "JSONValues", swiftSettings: small),
    .target(name: "Waiting", swiftSettings: lean),
    .target(name: "Postgres", dependencies: ["CLibpq", "Waiting"], swiftSettings: lean),
    .target(name: "TimescaleDB", dependencies: ["Postgres"], swiftSettings: small),
    .target(
      name: "Archive", dependencies: ["CZstd", "JSONValues", "TimescaleDB", "Postgres"], swiftSettings: lean),
    .target(
      name: "ChunkCatalog", dependencies: ["Archive", "TimescaleDB", "Postgres"], swiftSettings: small),
    .target(
      name: "TaskEngine", dependencies: ["ChunkCatalog", "Postgres", "Waiting"],
      swiftSettings: small),
    .target(
      name: "ChunkPairs", dependencies: ["TaskEngine", "ChunkCatalog", "Archive", "TimescaleDB", "Postgres"],
      swiftSettings: small),
    .target(
      name: "Copying",
      dependencies: ["ChunkPairs", "TaskEngine", "ChunkCatalog", "Archive", "TimescaleDB", "Postgres"],
      swiftSettings: small),
    // Looks at every byte of a file, so that it is made for speed.
    .target(name: "Loading", dependencies: ["Postgres", "Waiting", "CZlib", "CZstd"], swiftSettings: lean),
    .target(
      name: "Verification",
      dependencies: ["ChunkPairs", "TaskEngine", "ChunkCatalog", "Archive", "TimescaleDB", "Postgres"],
      swiftSettings: small),
    .target(
      name: "BackfillCommands",
      dependencies: [
        "Verification", "Copying", "ChunkPairs", "TaskEngine", "ChunkCatalog", "Archive", "TimescaleDB",
        "Postgres", "Waiting", "Loading",
      ], swiftSettings: small),
    .executableTarget(
      name: "backfill",
      dependencies: [
        "BackfillCommands", "ChunkCatalog", "Archive", "TimescaleDB", "Postgres", "Waiting", "CVersion",
        "Loading", "JSONValues",
      ],
      swiftSettings: small,
      // Without its symbols the static binary is half as large. Nothing is loaded that would look for them.
      linkerSettings: [
        .unsafeFlags(
          ["-Xlinker", "-s", "-Xlinker", "--no-export-dynamic"], .when(configuration: .release))
      ]),
    .testTarget(
      name: "BackfillTests",
      dependencies: [
        "TestConnections", "TestTraits", "TestServers", "backfill", "BackfillCommands", "ChunkCatalog",
        "Archive", "TimescaleDB", "Postgres", "Waiting", "Loading", "JSONValues",
      ],
      exclude: ["Golden"], swiftSettings: strict),
    .executableTarget(
      name: "Benchmarks", dependencies: ["TestServers", "Loading"], path: "Benchmarks",
      exclude: ["README.md", "load.svg", "archive.svg"],
      swiftSettings: strict),
    .target(
      name: "TestServers", dependencies: ["CLibpq", "CZlib", "CZstd"], path: "Tests/TestServers",
      swiftSettings: strict),
    .target(
      name: "TestTraits", dependencies: ["TestServers"], path: "Tests/TestTraits", swiftSettings: strict),
    .executableTarget(
      name: "chaos", dependencies: ["TestConnections", "TestServers"], path: "Tests/Chaos",
      swiftSettings: strict),
    .testTarget(
      name: "ChaosTests", dependencies: ["chaos", "backfill", "TestTraits", "TestServers"],
      swiftSettings: strict),
    .testTarget(
      name: "TestServersTests", dependencies: ["TestTraits", "TestServers"], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests", dependencies: ["TestTraits", "TestServers", "backfill"], swiftSettings: strict),
    .target(
      name: "TestConnections", dependencies: ["TestServers", "TimescaleDB", "Postgres", "Waiting"],
      path: "Tests/TestConnections",
      swiftSettings: strict),
    .testTarget(
      name: "ArchiveTests", dependencies: ["Archive", "JSONValues", "TimescaleDB", "Postgres"],
      swiftSettings: strict),
    .testTarget(name: "WaitingTests", dependencies: ["Waiting"], swiftSettings: strict),
    .testTarget(
      name: "LoadingTests", dependencies: ["Loading", "TestServers", "Waiting"],
      swiftSettings: strict),
    .testTarget(
      name: "PostgresTests",
      dependencies: ["TestConnections", "TestTraits", "TestServers", "Postgres", "Waiting"],
      swiftSettings: strict),
    .testTarget(
      name: "TimescaleDBTests",
      dependencies: ["TestConnections", "TestTraits", "TestServers", "TimescaleDB", "Postgres"],
      swiftSettings: strict),
    .testTarget(
      name: "ChunkCatalogTests",
      dependencies: [
        "TestConnections", "TestTraits", "TestServers", "ChunkCatalog", "TimescaleDB", "Postgres",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TaskEngineTests",
      dependencies: ["chaos", "TaskEngine", "ChunkCatalog", "Postgres", "Waiting"],
      swiftSettings: strict),
    .testTarget(
      name: "CopyingTests",
      dependencies: [
        "TestConnections", "Copying", "ChunkPairs", "TaskEngine", "ChunkCatalog", "Archive", "TimescaleDB",
        "Postgres",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "VerificationTests",
      dependencies: [
        "TestConnections", "TestTraits", "TestServers", "Verification", "TimescaleDB", "Postgres",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "BackfillCommandsTests",
      dependencies: [
        "TestConnections", "TestTraits", "TestServers", "BackfillCommands", "Copying", "TaskEngine",
        "ChunkCatalog", "TimescaleDB", "Postgres", "Waiting", "Loading",
      ], swiftSettings: strict),
  ]
)
