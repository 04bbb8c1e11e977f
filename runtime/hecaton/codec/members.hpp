// Members<N>: a struct of N members taken apart, for N up to 64, which C++20 can only do with N names written out.
#pragma once

#include <cstddef>
#include <hecaton/codec/shape.hpp>

namespace hecaton::detail {

/// The most members that a plain struct may have.
inline constexpr std::size_t most_members = 64;

template <std::size_t N>
struct Members;

template <>
struct Members<0> {
    template <class T, class... Next>
    static constexpr bool braces = requires(const Next... next) {
        T{next...};
    };
    template <class T, class F>
    static auto apply(T&, F&& f) {
        return f(Parts<>());
    }
};

// clang-format off
#define HECATON_LIST_1(X) X(m1)
#define HECATON_LIST_2(X) X(m1), X(m2)
#define HECATON_LIST_3(X) X(m1), X(m2), X(m3)
#define HECATON_LIST_4(X) X(m1), X(m2), X(m3), X(m4)
#define HECATON_LIST_5(X) X(m1), X(m2), X(m3), X(m4), X(m5)
#define HECATON_LIST_6(X) X(m1), X(m2), X(m3), X(m4), X(m5), X(m6)
#define HECATON_LIST_7(X) X(m1), X(m2), X(m3), X(m4), X(m5), X(m6), X(m7)
#define HECATON_LIST_8(X) X(m1), X(m2), X(m3), X(m4), X(m5), X(m6), X(m7), X(m8)
#define HECATON_LIST_9(X) HECATON_LIST_8(X), X(m9)
#define HECATON_LIST_10(X) HECATON_LIST_8(X), X(m9), X(m10)
#define HECATON_LIST_11(X) HECATON_LIST_8(X), X(m9), X(m10), X(m11)
#define HECATON_LIST_12(X) HECATON_LIST_8(X), X(m9), X(m10), X(m11), X(m12)
#define HECATON_LIST_13(X) HECATON_LIST_8(X), X(m9), X(m10), X(m11), X(m12), X(m13)
#define HECATON_LIST_14(X) HECATON_LIST_8(X), X(m9), X(m10), X(m11), X(m12), X(m13), X(m14)
#define HECATON_LIST_15(X) HECATON_LIST_8(X), X(m9), X(m10), X(m11), X(m12), X(m13), X(m14), X(m15)
#define HECATON_LIST_16(X) HECATON_LIST_8(X), X(m9), X(m10), X(m11), X(m12), X(m13), X(m14), X(m15), X(m16)
#define HECATON_LIST_17(X) HECATON_LIST_16(X), X(m17)
#define HECATON_LIST_18(X) HECATON_LIST_16(X), X(m17), X(m18)
#define HECATON_LIST_19(X) HECATON_LIST_16(X), X(m17), X(m18), X(m19)
#define HECATON_LIST_20(X) HECATON_LIST_16(X), X(m17), X(m18), X(m19), X(m20)
#define HECATON_LIST_21(X) HECATON_LIST_16(X), X(m17), X(m18), X(m19), X(m20), X(m21)
#define HECATON_LIST_22(X) HECATON_LIST_16(X), X(m17), X(m18), X(m19), X(m20), X(m21), X(m22)
#define HECATON_LIST_23(X) HECATON_LIST_16(X), X(m17), X(m18), X(m19), X(m20), X(m21), X(m22), X(m23)
#define HECATON_LIST_24(X) HECATON_LIST_16(X), X(m17), X(m18), X(m19), X(m20), X(m21), X(m22), X(m23), X(m24)
#define HECATON_LIST_25(X) HECATON_LIST_24(X), X(m25)
#define HECATON_LIST_26(X) HECATON_LIST_24(X), X(m25), X(m26)
#define HECATON_LIST_27(X) HECATON_LIST_24(X), X(m25), X(m26), X(m27)
#define HECATON_LIST_28(X) HECATON_LIST_24(X), X(m25), X(m26), X(m27), X(m28)
#define HECATON_LIST_29(X) HECATON_LIST_24(X), X(m25), X(m26), X(m27), X(m28), X(m29)
#define HECATON_LIST_30(X) HECATON_LIST_24(X), X(m25), X(m26), X(m27), X(m28), X(m29), X(m30)
#define HECATON_LIST_31(X) HECATON_LIST_24(X), X(m25), X(m26), X(m27), X(m28), X(m29), X(m30), X(m31)
#define HECATON_LIST_32(X) HECATON_LIST_24(X), X(m25), X(m26), X(m27), X(m28), X(m29), X(m30), X(m31), X(m32)
#define HECATON_LIST_33(X) HECATON_LIST_32(X), X(m33)
#define HECATON_LIST_34(X) HECATON_LIST_32(X), X(m33), X(m34)
#define HECATON_LIST_35(X) HECATON_LIST_32(X), X(m33), X(m34), X(m35)
#define HECATON_LIST_36(X) HECATON_LIST_32(X), X(m33), X(m34), X(m35), X(m36)
#define HECATON_LIST_37(X) HECATON_LIST_32(X), X(m33), X(m34), X(m35), X(m36), X(m37)
#define HECATON_LIST_38(X) HECATON_LIST_32(X), X(m33), X(m34), X(m35), X(m36), X(m37), X(m38)
#define HECATON_LIST_39(X) HECATON_LIST_32(X), X(m33), X(m34), X(m35), X(m36), X(m37), X(m38), X(m39)
#define HECATON_LIST_40(X) HECATON_LIST_32(X), X(m33), X(m34), X(m35), X(m36), X(m37), X(m38), X(m39), X(m40)
#define HECATON_LIST_41(X) HECATON_LIST_40(X), X(m41)
#define HECATON_LIST_42(X) HECATON_LIST_40(X), X(m41), X(m42)
#define HECATON_LIST_43(X) HECATON_LIST_40(X), X(m41), X(m42), X(m43)
#define HECATON_LIST_44(X) HECATON_LIST_40(X), X(m41), X(m42), X(m43), X(m44)
#define HECATON_LIST_45(X) HECATON_LIST_40(X), X(m41), X(m42), X(m43), X(m44), X(m45)
#define HECATON_LIST_46(X) HECATON_LIST_40(X), X(m41), X(m42), X(m43), X(m44), X(m45), X(m46)
#define HECATON_LIST_47(X) HECATON_LIST_40(X), X(m41), X(m42), X(m43), X(m44), X(m45), X(m46), X(m47)
#define HECATON_LIST_48(X) HECATON_LIST_40(X), X(m41), X(m42), X(m43), X(m44), X(m45), X(m46), X(m47), X(m48)
#define HECATON_LIST_49(X) HECATON_LIST_48(X), X(m49)
#define HECATON_LIST_50(X) HECATON_LIST_48(X), X(m49), X(m50)
#define HECATON_LIST_51(X) HECATON_LIST_48(X), X(m49), X(m50), X(m51)
#define HECATON_LIST_52(X) HECATON_LIST_48(X), X(m49), X(m50), X(m51), X(m52)
#define HECATON_LIST_53(X) HECATON_LIST_48(X), X(m49), X(m50), X(m51), X(m52), X(m53)
#define HECATON_LIST_54(X) HECATON_LIST_48(X), X(m49), X(m50), X(m51), X(m52), X(m53), X(m54)
#define HECATON_LIST_55(X) HECATON_LIST_48(X), X(m49), X(m50), X(m51), X(m52), X(m53), X(m54), X(m55)
#define HECATON_LIST_56(X) HECATON_LIST_48(X), X(m49), X(m50), X(m51), X(m52), X(m53), X(m54), X(m55), X(m56)
#define HECATON_LIST_57(X) HECATON_LIST_56(X), X(m57)
#define HECATON_LIST_58(X) HECATON_LIST_56(X), X(m57), X(m58)
#define HECATON_LIST_59(X) HECATON_LIST_56(X), X(m57), X(m58), X(m59)
#define HECATON_LIST_60(X) HECATON_LIST_56(X), X(m57), X(m58), X(m59), X(m60)
#define HECATON_LIST_61(X) HECATON_LIST_56(X), X(m57), X(m58), X(m59), X(m60), X(m61)
#define HECATON_LIST_62(X) HECATON_LIST_56(X), X(m57), X(m58), X(m59), X(m60), X(m61), X(m62)
#define HECATON_LIST_63(X) HECATON_LIST_56(X), X(m57), X(m58), X(m59), X(m60), X(m61), X(m62), X(m63)
#define HECATON_LIST_64(X) HECATON_LIST_56(X), X(m57), X(m58), X(m59), X(m60), X(m61), X(m62), X(m63), X(m64)

#define HECATON_NAME(m) m
#define HECATON_TYPE(m) decltype(m)
#define HECATON_BRACES(m) {}

// `braces`: N pairs of braces, and a value of each Next, initialise a T. A pair of braces stands for one member, whatever
// that is: a scalar, a class, an array.
// `apply`: gives f the types of the members, as they are declared, and the members.
#define HECATON_MEMBERS(N) \
template <> \
struct Members<N> { \
    template <class T, class... Next> \
    static constexpr bool braces = requires(const Next... next) { T{HECATON_LIST_##N(HECATON_BRACES), next...}; }; \
    template <class T, class F> \
    static auto apply(T& value, F&& f) { \
        auto& [HECATON_LIST_##N(HECATON_NAME)] = value; \
        return f(Parts<HECATON_LIST_##N(HECATON_TYPE)>(), HECATON_LIST_##N(HECATON_NAME)); \
    } \
};

HECATON_MEMBERS(1) HECATON_MEMBERS(2) HECATON_MEMBERS(3) HECATON_MEMBERS(4)
HECATON_MEMBERS(5) HECATON_MEMBERS(6) HECATON_MEMBERS(7) HECATON_MEMBERS(8)
HECATON_MEMBERS(9) HECATON_MEMBERS(10) HECATON_MEMBERS(11) HECATON_MEMBERS(12)
HECATON_MEMBERS(13) HECATON_MEMBERS(14) HECATON_MEMBERS(15) HECATON_MEMBERS(16)
HECATON_MEMBERS(17) HECATON_MEMBERS(18) HECATON_MEMBERS(19) HECATON_MEMBERS(20)
HECATON_MEMBERS(21) HECATON_MEMBERS(22) HECATON_MEMBERS(23) HECATON_MEMBERS(24)
HECATON_MEMBERS(25) HECATON_MEMBERS(26) HECATON_MEMBERS(27) HECATON_MEMBERS(28)
HECATON_MEMBERS(29) HECATON_MEMBERS(30) HECATON_MEMBERS(31) HECATON_MEMBERS(32)
HECATON_MEMBERS(33) HECATON_MEMBERS(34) HECATON_MEMBERS(35) HECATON_MEMBERS(36)
HECATON_MEMBERS(37) HECATON_MEMBERS(38) HECATON_MEMBERS(39) HECATON_MEMBERS(40)
HECATON_MEMBERS(41) HECATON_MEMBERS(42) HECATON_MEMBERS(43) HECATON_MEMBERS(44)
HECATON_MEMBERS(45) HECATON_MEMBERS(46) HECATON_MEMBERS(47) HECATON_MEMBERS(48)
HECATON_MEMBERS(49) HECATON_MEMBERS(50) HECATON_MEMBERS(51) HECATON_MEMBERS(52)
HECATON_MEMBERS(53) HECATON_MEMBERS(54) HECATON_MEMBERS(55) HECATON_MEMBERS(56)
HECATON_MEMBERS(57) HECATON_MEMBERS(58) HECATON_MEMBERS(59) HECATON_MEMBERS(60)
HECATON_MEMBERS(61) HECATON_MEMBERS(62) HECATON_MEMBERS(63) HECATON_MEMBERS(64)

#undef HECATON_MEMBERS
#undef HECATON_BRACES
#undef HECATON_TYPE
#undef HECATON_NAME
#undef HECATON_LIST_1
#undef HECATON_LIST_2
#undef HECATON_LIST_3
#undef HECATON_LIST_4
#undef HECATON_LIST_5
#undef HECATON_LIST_6
#undef HECATON_LIST_7
#undef HECATON_LIST_8
#undef HECATON_LIST_9
#undef HECATON_LIST_10
#undef HECATON_LIST_11
#undef HECATON_LIST_12
#undef HECATON_LIST_13
#undef HECATON_LIST_14
#undef HECATON_LIST_15
#undef HECATON_LIST_16
#undef HECATON_LIST_17
#undef HECATON_LIST_18
#undef HECATON_LIST_19
#undef HECATON_LIST_20
#undef HECATON_LIST_21
#undef HECATON_LIST_22
#undef HECATON_LIST_23
#undef HECATON_LIST_24
#undef HECATON_LIST_25
#undef HECATON_LIST_26
#undef HECATON_LIST_27
#undef HECATON_LIST_28
#undef HECATON_LIST_29
#undef HECATON_LIST_30
#undef HECATON_LIST_31
#undef HECATON_LIST_32
#undef HECATON_LIST_33
#undef HECATON_LIST_34
#undef HECATON_LIST_35
#undef HECATON_LIST_36
#undef HECATON_LIST_37
#undef HECATON_LIST_38
#undef HECATON_LIST_39
#undef HECATON_LIST_40
#undef HECATON_LIST_41
#undef HECATON_LIST_42
#undef HECATON_LIST_43
#undef HECATON_LIST_44
#undef HECATON_LIST_45
#undef HECATON_LIST_46
#undef HECATON_LIST_47
#undef HECATON_LIST_48
#undef HECATON_LIST_49
#undef HECATON_LIST_50
#undef HECATON_LIST_51
#undef HECATON_LIST_52
#undef HECATON_LIST_53
#undef HECATON_LIST_54
#undef HECATON_LIST_55
#undef HECATON_LIST_56
#undef HECATON_LIST_57
#undef HECATON_LIST_58
#undef HECATON_LIST_59
#undef HECATON_LIST_60
#undef HECATON_LIST_61
#undef HECATON_LIST_62
#undef HECATON_LIST_63
#undef HECATON_LIST_64
// clang-format on

}  // namespace hecaton::detail
