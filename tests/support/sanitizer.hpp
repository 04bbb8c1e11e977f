// Whether a sanitizer is in the program: then it has memory mappings of its own, and keeps what was freed.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)  // g++
#define HECATON_TEST_SANITIZED true
#elif defined(__has_feature)  // clang
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HECATON_TEST_SANITIZED true
#endif
#endif
#ifndef HECATON_TEST_SANITIZED
#define HECATON_TEST_SANITIZED false
#endif

namespace hecaton::test {
inline constexpr bool sanitized = HECATON_TEST_SANITIZED;
}
