%% What a second request brings in: native code for cryptography, TLS, XML, the resolver, local time, compression.
-module(late).
-export([report/0]).

report() ->
    {ok, Applications} = application:ensure_all_started(ssl),
    {Xml, _} = xmerl_scan:string("<a><b>42</b></a>"),
    {ok, Address} = inet:getaddr("localhost", inet),
    {ok, Host} = inet:getaddr("127.0.0.1", inet),
    Local = calendar:universal_time_to_local_time({{2024, 7, 1}, {12, 0, 0}}),
    Digest = binary:encode_hex(crypto:hash(sha3_256, <<"ocislim">>)),
    Versions = proplists:get_value(available, ssl:versions()),
    io_lib:format("~p~n", [[lists:sort(Applications), element(2, Xml), Address, Host, Local, Digest, Versions,
        zlib:uncompress(zlib:compress(<<"squeezed">>)), unicode:characters_to_nfd_list([233]), os:cmd("echo shell")]]).
