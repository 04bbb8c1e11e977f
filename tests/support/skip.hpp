// Cases that this machine cannot run, for programs with either version of Catch2.
#pragma once

#include <iostream>
#include <string>

namespace hecaton::test {

constexpr int skipped_status = 77;  ///< of a program that skipped something; ctest knows it
inline bool something_was_skipped = false;

/// Says that a case, or a part of one, is not run here, and why.
inline void skip(const std::string& reason) {
    std::cout << "skipped: " << reason << std::endl;
    something_was_skipped = true;
}

}  // namespace hecaton::test
