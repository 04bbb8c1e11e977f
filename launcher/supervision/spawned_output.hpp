// Standard output of mpirun: what processes print that the program has started with MPI_Comm_spawn, which have no shim,
// and now and then words of mpirun's own.
#pragma once

#include <string>
#include <string_view>

#include <launcher/engines/mpirun_text.hpp>

namespace hecaton::launcher {

class SpawnedOutput {
  public:
    void add(std::string_view bytes) { text_ += bytes; }

    struct Parts {
        std::string spawned;  ///< whole lines, for our standard output
        std::string engine;   ///< lines of mpirun's own
    };
    /// What has come, sorted by line. `end`: no more comes, and the last line may lack its end.
    Parts take(bool end) {
        Parts parts;
        std::string_view left = text_;
        while (!left.empty()) {
            const auto newline = left.find('\n');
            if (newline == std::string_view::npos && !end) break;
            const auto line = left.substr(0, newline == std::string_view::npos ? left.size() : newline + 1);
            (is_mpiruns_own(line) ? parts.engine : parts.spawned) += line;
            left.remove_prefix(line.size());
        }
        text_.erase(0, text_.size() - left.size());
        return parts;
    }

  private:
    std::string text_;
};

}  // namespace hecaton::launcher
