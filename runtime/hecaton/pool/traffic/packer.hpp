// Packer: makes what is sent of a chunk.
#pragma once

#include <cstdint>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/pool/traffic/running_jobs.hpp>
#include <hecaton/pool/traffic/worker_lines.hpp>
#include <hecaton/scheduling/chunk.hpp>

namespace hecaton::detail {

/// A chunk on its way out; its record is among those that wait for its worker.
struct Parcel {
    std::uint64_t bytes = 0;  ///< of its items, and of the callable where it goes along
    Bulk bulk;                ///< the items, when they are many; to be sent with the records
};

/// Belongs to the thread that drives.
class Packer {
  public:
    /// `seed` is that of the pool's random numbers.
    Packer(WorkerLines& lines, std::uint64_t seed) : lines_(lines), seed_(seed) {}

    /// Adds the chunk's record to those that wait for the worker, behind its job's where that worker does not know it.
    /// When it throws, nothing has been added.
    Parcel pack(int worker, RunningJob& running, const scheduling::Chunk& chunk);

  private:
    void open_at(int worker, const RunningJob& running);
    Parcel add_chunk(int worker, RunningJob& running, const scheduling::Chunk& chunk);

    WorkerLines& lines_;
    const std::uint64_t seed_;
    Buffer scratch_;  // items of a chunk that do not lie as they travel
};

}  // namespace hecaton::detail
