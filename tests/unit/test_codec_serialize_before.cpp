// What `ar & member` takes, with the codec before all of Boost's headers.
#include <hecaton/codec/codec.hpp>
//
#include <support/boost_serialization.hpp>
//
#include <support/serialize_cases.hpp>
