// Tests wait for events, not for times that ought to be long enough: ctest's limit for the whole test is the only one.
#pragma once

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <thread>

namespace hecaton::test {

template <class Done>
void wait_until(Done done) {
    while (!done()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

/// Tasks wait at it until the test lets them go on; a call that returns before that has not waited for them. It is a
/// folder, so that tasks of any rank or process of this host find it by its path.
class Gate {
  public:
    Gate() {
        std::string name = std::filesystem::temp_directory_path() / "hecaton-gate-XXXXXX";
        path_ = ::mkdtemp(name.data());
    }
    ~Gate() {
        open();
        std::error_code ignored;  // a task may arrive meanwhile
        while (std::filesystem::exists(path_)) std::filesystem::remove_all(path_, ignored);
    }
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    const std::string& path() const { return path_; }
    void open() { std::ofstream(path_ + "/open"); }

    /// How many tasks have come so far.
    std::size_t arrivals() const {
        const auto entries = std::distance(std::filesystem::directory_iterator(path_), {});
        return static_cast<std::size_t>(entries) - (std::filesystem::exists(path_ + "/open") ? 1 : 0);
    }
    void wait_for_arrivals(std::size_t count) const {
        wait_until([&] { return arrivals() >= count; });
    }

  private:
    std::string path_;
};

/// For tasks: counts as an arrival, and goes on. It needs no descriptor.
inline void pass(const std::string& gate) {
    static std::atomic<int> passed{0};
    const std::string name = std::to_string(::getpid()) + "-" + std::to_string(passed++);
    [[maybe_unused]] const int made = ::symlink("arrived", (gate + "/" + name).c_str());
}

/// For tasks: arrives, and waits until the gate is open or gone.
inline void wait_at(const std::string& gate) {
    pass(gate);
    const std::string opened = gate + "/open";
    wait_until([&] { return ::access(opened.c_str(), F_OK) == 0 || ::access(gate.c_str(), F_OK) != 0; });
}

}  // namespace hecaton::test
