import Glibc

/// What the system says about the process, and what runs, as metrics. What the system does not say is left out.
public struct ProcessMetrics: MetricsSource {
  private let version: String
  private let startSeconds: Double

  /// Make it when the process starts: that moment is its start time.
  public init(version: String) {
    self.version = version
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    startSeconds = Double(now.tv_sec) + Double(now.tv_nsec / 1_000_000) / 1000
  }

  /// The process's part of the catalogue.
  public func metricFamilies() -> [MetricFamily] {
    var families = [
      MetricFamily(.buildInfo, [MetricSample([version], .count(1))]),
      MetricFamily(.processStartTime, .number(startSeconds)),
    ]
    if let seconds = ProcessMetrics.cpuSeconds() { families.append(MetricFamily(.processCPU, .number(seconds))) }
    if let bytes = ProcessMetrics.residentBytes() {
      families.append(MetricFamily(.processResidentMemory, .count(bytes)))
    }
    if let count = ProcessMetrics.openDescriptors() {
      families.append(MetricFamily(.processOpenDescriptors, .count(count)))
    }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      families.append(MetricFamily(.processDescriptorsMax, .count(UInt64(limit.rlim_cur))))
    }
    return families
  }

  private static func cpuSeconds() -> Double? {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// The second number of /proc/self/statm, in pages (proc(5)).
  private static func residentBytes() -> UInt64? {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return nil }
    let fields = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
    guard let pages = fields.dropFirst().first.flatMap({ UInt64($0) }) else { return nil }
    return pages &* UInt64(max(0, sysconf(Int32(_SC_PAGESIZE))))
  }

  private static func openDescriptors() -> UInt64? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var count: UInt64 = 0
    while readdir(folder) != nil { count += 1 }
    // Without ".", ".." and the folder itself.
    return count > 3 ? count - 3 : 0
  }
}
