import Testing

@testable import Symbolization

/// Names that stand in symbol tables of the toolchain's libraries and of small programs.
@Suite struct SwiftNameTests {
  @Test(arguments: [
    ("$sSa6appendyyxnF", "Array.append(_:)"), ("$sSD5countSivg", "Dictionary.count.getter"),
    ("$sSDyq_Sgxcig", "Dictionary.subscript.getter"),
    ("$sSs8UTF8ViewVys5UInt8VSS5IndexVcig", "Substring.UTF8View.subscript.getter"),
    ("$ss27_allocateUninitializedArrayySayxG_BptBwlF", "_allocateUninitializedArray(_:)"),
    ("$s6Places5StoreV4make4fromACyxGx_tFZ", "Store.make(from:)"),
    ("$s6Places5StoreVyACyxGxcfC", "Store.init(_:)"), ("$s6Places5StoreV4sizeSivs", "Store.size.setter"),
    ("$s10Foundation11MeasurementV5valueSdvM", "Measurement.value.modify"),
    ("$s10Foundation19UnitElectricCurrentC7amperesACvgZ", "UnitElectricCurrent.amperes.getter"),
    (
      "$s10Foundation8ProgressC17FileOperationKindV11downloadingAEvau",
      "Progress.FileOperationKind.downloading.addressor"
    ),
    ("$s20FoundationEssentials12_TimeZoneGMTCfd", "_TimeZoneGMT.deinit"),
    ("$s20FoundationEssentials21_BPlistEncodingFormatV9ReferenceCfD", "_BPlistEncodingFormat.Reference.deinit"),
    ("$s6Places4NodeC6HeaderV5parse_2atySi_SitF", "Node.Header.parse(_:at:)"),
    // Operators, with and without generic parameters of their own.
    ("$s6Places5StoreV1loiySbACyxG_AEtFZ", "Store.<(_:_:)"),
    ("$s20FoundationEssentials8TimeZoneV2eeoiySbAC_ACtFZ", "TimeZone.==(_:_:)"),
    // A private type or member has a discriminator.
    (
      "$s10Foundation10JSONWriter33_AD0151835A0B27894868DC3EC960326ELLV13serializeJSONyyypSgKF",
      "JSONWriter.serializeJSON(_:)"
    ),
    // A member that an extension adds, also one for some generic arguments only.
    (
      "$sSy10FoundationE10writeToURL_10atomically8encodingy0A10Essentials0D0V_SbSSAEE8EncodingVtKF",
      "StringProtocol.writeToURL(_:atomically:encoding:)"
    ),
    ("$sSa6PlacesSiRszlE5total2ofySnySiG_tF", "Array.total(of:)"),
    // Functions inside of functions.
    ("$s6Places5outeryyF5localL_5depthySi_tF", "local(depth:) in outer()"),
    // Specializations are the function that was specialized.
    ("$s6Places5StoreV4load4fromyqd___tlFSd_SSTtt0g5", "Store.load(from:)"),
    ("$s6Places6SquareV4area5scaleS2i_tFTf4nd_n", "Square.area(scale:)"),
    ("$sBsEyxqd__cSBRd__lufCSfxSBRzSfRsd__r__lIetyr_Tp5", "$sBsEyxqd__cSBRd__lufCSfxSBRzSfRsd__r__lIetyr_Tp5"),
    ("$sSBsEyxqd__cSBRd__lufCSfxSBRzSfRsd__r__lIetyr_Tp5", "BinaryFloatingPoint.init(_:)"),
    // What runs once, or for a default.
    (
      "$s10Foundation14sharedDefaults33_06F1C6083B6FE7BF962308B457D1C9EDLL_WZ",
      "one-time initialization of sharedDefaults"
    ),
    (
      "$s10Foundation17NSKeyedUnarchiverC8delegateAA0bC8Delegate_pSgvpfi", "initial value of NSKeyedUnarchiver.delegate"
    ),
    // Several functions with the same code bear the name of one of them.
    ("$ss13KeyValuePairsV11descriptionSSvgTm", "merged KeyValuePairs.description.getter"),
    // But specializations that were merged are of one function.
    (
      "$s9Scenarios13FetchResponseV6decode4fromACyxGSays5UInt8VG_tKFZAA11HeaderBytesV_Tt0g5Tm",
      "FetchResponse.decode(from:)"
    ),
  ])
  func namesFunctions(mangled: String, name: String) {
    #expect(SwiftName(mangled: mangled) == SwiftName(name: name, role: .function))
    #expect(SwiftName.short(mangled) == name)
  }

  @Test(arguments: [
    ("$s6Places5StoreV3run5countySi_tFySiXEfU_", "Store.run(count:)", [1]),
    ("$s10Foundation7RunLoopC7_SourceC5orderAESi_tcfcSbSVSg_AGtcfU0_", "RunLoop._Source.init(order:)", [2]),
    (
      "$s20FoundationEssentials11LocaleCacheV5fixedyAA01_C8Protocol_pSSFAaE_pAC5StateVzYbXEfU_",
      "LocaleCache.fixed(_:)", [1]
    ),
    (
      "$sSr6update14fromContentsOfSiqd___t7ElementQyd__RszSlRd__lFSiSRyxGXEfU_s5UInt8V_SS8UTF8ViewVTg5",
      "UnsafeMutableBufferPointer.update(fromContentsOf:)", [1]
    ),
    ("$s7Testing12glibcVersionAA0C6NumberVvpfiADyXEfU_", "initial value of glibcVersion", [1]),
    ("$s3AppyyXEfU_", "main", [1]), ("$s3AppyyXEfU0_yycfU_", "main", [1, 2]),
  ])
  func namesClosuresByTheirFunction(mangled: String, name: String, closures: [Int]) {
    #expect(SwiftName(mangled: mangled) == SwiftName(name: name, role: .closure, closures: closures))
  }

  @Test func tellsClosuresApart() {
    #expect(SwiftName(mangled: "$s3AppyyXEfU0_yycfU_").apart == "closure #1 in closure #2 in main")
    #expect(SwiftName(mangled: "$s6Places5StoreV3run5countySi_tF").apart == "Store.run(count:)")
  }

  @Test(arguments: [
    ("$s6Places6LoaderC5fetchyS2iYaFTY0_", "Loader.fetch(_:)"),
    ("$s6Places6LoaderC5fetchyS2iYaFTQ1_", "Loader.fetch(_:)"),
    ("$sScisE3min2by7ElementQzSgSbAD_ADtYaKXE_tYaKFTY9_", "AsyncSequence.min(by:)"),
    ("$s6Places4MainV4mainyyYaFZTf4d_nTY2_", "Main.main()"), ("async_MainTQ0_", "main"),
    ("async_MainTY1_", "main"),
  ])
  func namesPartsOfAsyncFunctions(mangled: String, name: String) {
    #expect(SwiftName(mangled: mangled) == SwiftName(name: name, role: .asyncFunclet))
  }

  @Test(arguments: [
    ("$ss17FixedWidthIntegerP12littleEndianxx_tcfCTj", "FixedWidthInteger.init(littleEndian:)"),
    (
      "$s7Testing3ABIO12EncodedIssueV8SeverityOy_x_GSYAASY8rawValuexSg03RawG0Qz_tcfCTW",
      "ABI.EncodedIssue.Severity.init(rawValue:)"
    ),
    ("$sSf13SIMD64StorageVs11SIMDStoragessACPy6ScalarQzSiciMTW", "Float.SIMD64Storage.subscript.modify"),
    (
      "$sScs9unfoldingScsyxs5Error_pGxSgyYaKc_tcsAB_pRs_rlufcADyYaKcfU_yyYbXEfU0_TA",
      "AsyncThrowingStream.init(unfolding:)"
    ),
    ("$sxq_IgHrzr_BAxq_IegHgILrzr_s5ErrorR_r0_lTR", "reabstraction thunk"),
    ("$s10Foundation20_CFSwiftStringDelete_5rangeyyXl_So7CFRangeatFTo", "_CFSwiftStringDelete(_:range:)"),
    (
      "$s10Foundation17NSKeyedUnarchiverC21decodingFailurePolicyAA7NSCoderC08DecodingeF0OvsAfdHvsTV",
      "NSKeyedUnarchiver.decodingFailurePolicy.setter"
    ),
    ("__unknown_macro__", "macro expansion"),
    ("$sSS14unicodeScalarsSS17UnicodeScalarViewVvpSSTK", "key path getter for String.unicodeScalars"),
    (
      "$s18SymbolizationTests010CodeOriginB0V04$s18a8Tests010cD51B0V14knowsLibraries4TestfMp_17Z7ce5b777865f8dfbfMu_"
        + "33_E992856195B2E93EF4D006EBBF5B25CDLL4path6originySS_0A00cD0OtYaYbKFZ", "@Test knowsLibraries"
    ),
  ])
  func namesThunksByWhatTheyCall(mangled: String, name: String) {
    #expect(SwiftName(mangled: mangled) == SwiftName(name: name, role: .thunk))
  }

  @Test(arguments: [
    ("$ss26_OptionalNilComparisonTypeVMa", "type metadata accessor for _OptionalNilComparisonType"),
    ("$ss8Sendable_pSgWOh", "outlined destroy of Sendable?"),
    ("$s10Foundation14NSNotificationC4NameVAESQAAWl", "witness table accessor for NSNotification.Name"),
    ("$ss16PartialRangeFromVwcp", "initializeWithCopy for PartialRangeFrom"),
    ("__swift_memcpy16_8", "__swift_memcpy16_8"),
    ("objectdestroy.12Tm", "destroy of a closure's captures"),
    ("__swift_destroy_boxed_opaque_existential_1Tm", "__swift_destroy_boxed_opaque_existential_1"),
  ])
  func saysWhatTheCompilerMade(mangled: String, name: String) {
    #expect(SwiftName(mangled: mangled) == SwiftName(name: name, role: .compilerMade))
  }

  @Test(arguments: [
    ("malloc", "malloc"), ("main", "main"), ("", ""), ("$", "$"), ("_Z", "_Z"), ("_ZZZ", "_ZZZ"),
    ("foo.cold", "foo"),
    ("unlink_chunk.constprop.0", "unlink_chunk"), ("_IO_file_overflow@@GLIBC_2.2.5", "_IO_file_overflow"),
    ("parse.part.3.isra.0", "parse"), (".cold", ".cold"),
    ("__memcpy_avx512_unaligned_erms", "memcpy"), ("__strlen_evex", "strlen"), ("__sse2", "__sse2"),
    ("my_avx_kernel", "my_avx_kernel"),
    ("_ZN5swift8Demangle11NodePrinter5printEPNS0_4NodeE", "swift::Demangle::NodePrinter::print"),
    ("_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector::push_back"), ("_ZnwmSt11align_val_t", "operator new"),
    ("_ZN12_GLOBAL__N_13runEv", "(anonymous namespace)::run"), ("_ZN3FoocvbEv", "Foo::operator bool"),
    ("_ZNKSt8functionIFviEEclEi", "std::function::operator()"), ("_ZlsRSoRK3Foo", "operator<<"),
    ("_Z3maxIiET_S0_S0_", "max"),
  ])
  func namesCAndCxx(mangled: String, name: String) {
    #expect(SwiftName(mangled: mangled) == SwiftName(name: name, role: .foreign))
  }

  /// A name that cannot be demangled stands as it is.
  @Test(arguments: [
    "$s", "$sSa", "$s4main", "$s999999999999999999999", "$sSa6appendyyxn", "_T0", "$s\u{0}\u{1}", "$s🐦",
  ])
  func survivesBrokenNames(mangled: String) {
    #expect(!SwiftName(mangled: mangled).name.isEmpty)
  }
}
