import Pprof
import TestSupport
import Testing

@testable import Analysis

@Suite struct RoundingTests {
  @Test(arguments: [
    (59.97, 6.33, "60", "6"), (253.4, 14.1, "253", "14"), (253.4, 34, "250", "30"), (2.3, 1.94, "2.3", "1.9"),
    (0.43, 0.85, "0.4", "0.9"), (9.96, 0.96, "10.0", "1.0"), (-3.12, 0.05, "−3.12", "0.05"), (1234, 220, "1200", "200"),
    (64.74, 99.7, "60", "100"), (0.2, 1.4, "0.2", "1.4"), (0.4, 12, "0", "12"),
  ])
  func endsWhereChanceBegins(value: Double, error: Double, text: String, errorText: String) {
    #expect(Rounding.text(value, error: error) == (text, errorText))
  }

  @Test(arguments: [
    (64.74, "65"), (7.63, "7.6"), (7.0, "7"), (0.0425, "0.043"), (0.5, "0.5"), (253.4, "253"), (0, "0"),
    (-3.46, "−3.5"),
    (100.02, "100"), (9.99, "10"), (.nan, "?"),
  ])
  func keepsTwoDigits(value: Double, text: String) {
    #expect(Rounding.text(value).value == text && Rounding.text(value).error == nil)
  }

  @Test("What computing leaves of an error is none")
  func noiseOfDoubles() { #expect(Rounding.text(100, error: 1e-7) == ("100", nil)) }
}

@Suite struct EstimateTests {
  @Test("Errors of what was measured apart add up as squares")
  func differencesAndRatios() throws {
    let change = Estimate(10, error: 3).difference(to: Estimate(4, error: 4))
    #expect(change == Estimate(6, error: 5) && !change.isNoise() && Estimate(4, error: 5).isNoise())
    let ratio = try #require(Estimate(20, error: 2).ratio(to: Estimate(10, error: 1)))
    #expect(ratio.value == 2 && abs((ratio.error ?? 0) - 2 * (0.1 * 0.1 * 2).squareRoot()) < 1e-12)
    #expect(Estimate(1).ratio(to: Estimate(0)) == nil && Estimate(6).ratio(to: Estimate(3)) == Estimate(2))
    #expect(!Estimate(0).isNoise(), "what is known is no noise")
  }

  @Test("A share of n equal draws has the error of a binomial, all of them none, none of them 3 in n at most")
  func shares() {
    let whole = SampledSum(value: 230, variance: 230)
    let share = SampledSum(value: 138, variance: 138).share(of: whole)
    #expect(abs(share.value - 0.6) < 1e-12 && abs((share.error ?? 0) - 1.96 * (0.6 * 0.4 / 230).squareRoot()) < 1e-12)
    #expect(whole.share(of: whole).text(unit: "%", factor: 100) == "100\u{A0}%")
    #expect(SampledSum().share(of: whole).text(unit: "%", factor: 100) == "below 1.3\u{A0}%")
    #expect(SampledSum(value: 1, variance: 0).share(of: SampledSum(value: 4, variance: 0)) == Estimate(0.25))
  }
}

@Suite struct SamplingVarianceTests {
  @Test("A value of c ticks has the variance of c draws")
  func ofTime() throws {
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    builder.add("main", 4, 40)
    #expect(SamplingVariance(builder.profile, index: 1) == nil, "nothing says that it was sampled")
    (builder.profile.period, builder.profile.periodType) = (10, .cpuTime)
    let profile = builder.profile
    #expect(try #require(SamplingVariance(profile, index: 1)).of(profile.samples[0]) == 400)
    #expect(try #require(SamplingVariance(profile, index: 0)).of(profile.samples[0]) == 4)
    #expect(SamplingVariance(profile, index: 2) == nil)
  }

  @Test("Of a heap the picks are known again: small blocks are picked as often as bytes are, large ones always")
  func ofBytes() throws {
    var builder = ProfileBuilder("inuse_objects/count", "inuse_space/bytes")
    // 75 picks of 64 bytes at one in 512 KiB stand for 614,438 blocks, as a capture has it.
    builder.add("main;small", 614_438, 39_324_000)
    builder.add("main;large", 1, 64 << 20)
    (builder.profile.period, builder.profile.periodType) = (512 << 10, ValueType(type: "space", unit: "bytes"))
    let profile = builder.profile
    let space = try #require(SamplingVariance(profile, index: 1))
    let draws = 39_324_000.0 * 39_324_000 / space.of(profile.samples[0])
    #expect(abs(draws - 75) < 0.05)
    #expect(space.of(profile.samples[1]) < 1)
    let objects = try #require(SamplingVariance(profile, index: 0))
    #expect(abs(614_438.0 * 614_438 / objects.of(profile.samples[0]) - 75) < 0.05)
  }

  @Test("Functions have the shares that their samples give them, with errors; a difference has those of both")
  func functionSums() throws {
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    builder.add("main;a;b", 60, 600)
    builder.add("main;b", 40, 400)
    (builder.profile.period, builder.profile.periodType) = (10, .cpuTime)
    let sums = try Report(builder.profile, kind: .top).functionSums()
    #expect(abs(sums.cumShare(of: "a").value - 0.6) < 1e-12)
    #expect(abs((sums.cumShare(of: "a").error ?? 0) - 1.96 * (0.6 * 0.4 / 100).squareRoot()) < 1e-12)
    #expect(sums.flatShare(of: "b").value == 1 && (sums.flatShare(of: "b").error ?? 0) < 1e-9)
    #expect(abs((sums.share(of: 600, in: 1000).error ?? 0) - 1.96 * (0.6 * 0.4 / 100).squareRoot()) < 1e-12)
    let change = try Report(builder.profile, baseline: builder.profile, kind: .top).functionSums().cumShare(of: "a")
    #expect(change.value == 0 && abs((change.error ?? 0) - 1.96 * 120.0.squareRoot() / 100) < 1e-12)
  }
}
