// The messages between the launcher and the shim around each rank: frames of a kind and some bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::launcher::link {

/// From the shim: hello (Hello), output and error (bytes of the rank), ended (Ended), taken (number of bytes of input
/// that the rank took), library (the MPI library that it has loaded), closed (nothing more comes; names of processes
/// that the rank had started and that had to be ended after it), stopped (it wanted the terminal), interrupt_answered
/// (1: the rank takes the Ctrl-C that was offered, 0: it does not), progress (Progress, when it was asked for), item
/// (Item, when it was asked for), call (Call, a few times a second where it is wanted, and before an
/// item). To the shim: signal (its number), end (a signal; then SIGKILL after the grace), input
/// (bytes), input_end, leave (the shim may end), interrupt (offers a Ctrl-C to the rank), lost (Loss: another rank has
/// died, and the job goes on without it), time_left (milliseconds to the job's end), wind_up (nothing new is to be
/// begun), ask_progress, ask_item, warn (a signal, for a rank that handles it).
enum class Kind : std::uint8_t {
    hello = 1,
    output,
    error,
    ended,
    taken,
    library,
    closed,
    stopped,
    interrupt_answered,
    progress,
    item,
    call,
    signal = 16,
    end,
    input,
    input_end,
    leave,
    interrupt,
    lost,
    time_left,
    wind_up,
    ask_progress,
    warn,
    ask_item
};

/// One message.
struct Frame {
    Kind kind{};
    std::string body;
};

/// The most that one frame may carry.
inline constexpr std::size_t largest_body = 64 * 1024;

/// The bytes of a frame; `body` is not larger than largest_body.
std::string frame(Kind kind, std::string_view body = {});
std::string frame(Kind kind, long long number);

/// The number that a frame carries; 0 where it carries none that fits.
long long long_number(const std::string& body);
int number(const std::string& body);

/// Puts frames together again from bytes as they arrive.
class FrameReader {
  public:
    void append(std::string_view bytes) { bytes_.append(bytes); }
    /// The next whole frame. Throws std::runtime_error for bytes that are no frame.
    std::optional<Frame> next();

  private:
    std::string bytes_;
    std::size_t at_ = 0;
};

/// A shim's introduction of itself and of the rank that it has started.
struct Hello {
    std::string token;  ///< shows that the launcher sent it
    int rank = -1;      ///< -1 where the engine did not tell
    int size = -1;      ///< of the world, as the engine told it
    std::string host;
    int pid = 0;            ///< of the rank; 0 where it could not be started
    std::string cores;      ///< that it may use: "0-3,8"
    std::string gpus = {};  ///< that it was given, as a variable names them: "2,3"
    bool wired = false;     ///< the engine gave it a way to find the other ranks (PMIx or PMI)
};

/// The item of a pool's call that a rank runs, or was running when it ended.
struct Item {
    bool running = false;  ///< false: none is known, and the other members mean nothing
    bool known = false;    ///< that it ran this one, or none
    std::uint64_t index = 0;
    std::uint32_t attempt = 1;
    std::uint64_t items = 0;  ///< of the call; 0: not known
    std::string name = {};    ///< of the call; empty: it has none
    std::uint64_t held = 0;   ///< milliseconds since it was first seen in it; 0: less than a second ago
};

/// The end of a rank.
struct Ended {
    int status = 0;          ///< exit status; 126 or 127 where the program could not be run
    int signal = 0;          ///< that ended it; 0 for none
    bool asked = false;      ///< by a signal that the shim sent
    bool by_engine = false;  ///< because the engine had ended the stub
    bool out_of_memory = false;
    std::uint64_t memory = 0;        ///< bytes: the most that it, or a process that it has started, had at a time
    std::uint64_t memory_limit = 0;  ///< of its memory group, where it was out of memory; 0: none
    std::string problem;             ///< why the program could not be run
    Item item = {};                  ///< that it was running
    int reason = 0;                  ///< errno of the problem
    bool full_stack = false;         ///< known only where the rank runs hecaton's runtime
    std::string fault = {};          ///< of the shim, which had to kill the rank; empty: it had none
    bool hung = false;               ///< it was stopped for longer than the link timeout, and was killed for that
    bool opening = false;            ///< nothing of the program had begun on it
    bool driving = false;            ///< it was the root of a pool
    bool serving = false;            ///< it served a pool, whose root goes on without it
    bool leaving = false;  ///< it had nothing else to do than MPI_Finalize; `status` is what it would have left with
};

/// The death of a rank, which the job survives.
struct Loss {
    int rank = -1;
    Ended how = {};
};

/// How far the call is that the root of a pool works on.
struct Progress {
    std::string call = {};    ///< its name; empty: it has none
    std::uint64_t items = 0;  ///< 0: nothing is known
    std::uint64_t done = 0;
    std::uint64_t failed = 0;  ///< of those that are done
};

/// A call of a pool that the rank is the root of.
struct Call {
    std::uint64_t number = 0;  ///< among those of the rank
    std::string name = {};     ///< empty: it has none
    std::uint64_t items = 0;   ///< 0: nobody knows how many
    std::uint64_t done = 0;    ///< the failed and the restored ones included
    std::uint64_t failed = 0;
    std::uint64_t restored = 0;      ///< from a journal: they took no time
    std::uint64_t milliseconds = 0;  ///< since it began
    bool wanted = false;             ///< MapOptions::progress
    bool ended = false;              ///< it does not go on
};

std::string encode(const Hello& hello);
std::string encode(const Ended& ended);
std::string encode(const Loss& loss);
std::string encode(const Progress& progress);
std::string encode(const Item& item);
std::string encode(const Call& call);
/// A field that is missing or of another kind keeps its first value.
Hello decode_hello(const std::string& body);
Ended decode_ended(const std::string& body);
Loss decode_loss(const std::string& body);
Progress decode_progress(const std::string& body);
Item decode_item(const std::string& body);
Call decode_call(const std::string& body);

/// The way to the launcher, and the settings for the shim: one line of text for an environment variable.
struct Address {
    std::string local;                   ///< name of an abstract socket
    std::vector<std::string> addresses;  ///< of the launcher's machine
    int port = 0;                        ///< 0: only the local socket
    std::string token;
    int grace = 0;             ///< milliseconds
    int link_timeout = 0;      ///< milliseconds
    bool watch_mpi = false;    ///< report the MPI that the rank loads
    bool claim_cores = false;  ///< the engine binds ranks to cores
    int gpus = 0;              ///< for each rank; 0: it sees all
    int open_files = 0;        ///< the limit for a rank on the launcher's machine; 0: the shim's
    int nodes = 1;             ///< that have ranks; 0: not known
    bool show_calls = false;   ///< all of them, and not only those that are wanted
    int rows = 0;              ///< of the terminal that the ranks' output goes to; 0: it goes to none
    int columns = 0;           ///< of the same
    std::string blocks = {};   ///< of ranks that follow one another on a node: "8,8,4"; empty: not known
};

std::string encode(const Address& address);
/// Nothing for what is no address.
std::optional<Address> decode_address(const std::string& text);

/// The environment variable with the address. The shim keeps it from the rank.
inline constexpr const char* variable = "HECATON_CHANNEL";

}  // namespace hecaton::launcher::link
