// For main functions: Catch2's runner, of either version, which is compiled in run_cases.cpp alone.
#pragma once

namespace hecaton::test {

/// Runs the cases that the command line names, and returns the status for main: 77 when one was skipped and all is
/// well.
int run_cases(int argc, char** argv);

}  // namespace hecaton::test
